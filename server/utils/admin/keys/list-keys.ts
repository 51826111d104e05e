import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { viewKey, type KeyView } from "./view-key";
import { selectKeys } from "./store";

/**
 * Every key of one client, or of all, with those that are no longer good.
 *
 * @throws AppError `not_found`
 */
export async function listKeys(ctx: AdminContext, client?: string): Promise<KeyView[]> {
  const tx = ctx.database.system;
  const clientId = client === undefined ? undefined : (await requireClient(tx, client)).id;
  return (await selectKeys(tx, { clientId })).map((key) => viewKey(key, ctx.clock.now()));
}
