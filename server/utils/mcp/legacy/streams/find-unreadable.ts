import type { Principal } from "../../../auth/principal";
import type { SystemContext } from "../../../context";
import { findReadable } from "../../readable/find-readable";
import { readResourceUri } from "../../resources/resource-uri";

/** Those of the addresses that a key may not read any more, and so may not hear of. */
export async function findUnreadable(
  system: Pick<SystemContext, "database">,
  principal: Principal,
  uris: readonly string[],
): Promise<string[]> {
  // What is not ours to judge was let in by a surface that adds to ours.
  const ours = uris.filter((uri) => readResourceUri(uri));
  const readable = new Set(await findReadable(system, principal, ours));
  return ours.filter((uri) => !readable.has(uri));
}
