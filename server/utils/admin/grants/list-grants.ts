import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { selectGrants } from "./store";

/** A grant, as an admin sees it. */
export type GrantView = Awaited<ReturnType<typeof selectGrants>>[number];

/**
 * The grants that hold, of one client or of all.
 *
 * @throws AppError `not_found`
 */
export async function listGrants(ctx: AdminContext, client?: string): Promise<GrantView[]> {
  const tx = ctx.database.system;
  return selectGrants(tx, client === undefined ? undefined : (await requireClient(tx, client)).id);
}
