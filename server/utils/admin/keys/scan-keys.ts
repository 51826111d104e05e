import { findApiKeys } from "../../auth/find-api-keys";
import type { AdminContext } from "../admin-context";
import { selectKeys } from "./store";
import { viewKey, type KeyView } from "./view-key";

/** A key that stands in a text. */
export interface FoundKey {
  readonly prefix: string;
  /** `unknown`: well formed, but no key of this server. */
  readonly state: KeyView["state"] | "unknown";
  /** Absent when it is no key of this server. */
  readonly key?: KeyView;
}

/** Finds the keys in a text, each once, and tells which of them are ours and still good. */
export async function scanKeys(ctx: AdminContext, text: string): Promise<FoundKey[]> {
  const prefixes = [...new Set(findApiKeys(text).map(({ prefix }) => prefix))];
  const rows = prefixes.length > 0 ? await selectKeys(ctx.database.system, { prefixes }) : [];
  const known = new Map(rows.map((row) => [row.prefix, viewKey(row, ctx.clock.now())]));
  return prefixes.map((prefix) => {
    const key = known.get(prefix);
    return key ? { prefix, state: key.state, key } : { prefix, state: "unknown" };
  });
}
