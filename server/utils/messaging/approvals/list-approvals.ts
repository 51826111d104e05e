import type { Database } from "#db/client";
import { listPendingApprovals, type PendingApproval } from "./store";

/** The sends that wait for a person's word, oldest first, with their words: for the owner's eyes. */
export async function listApprovals(ctx: { readonly database: Database }): Promise<PendingApproval[]> {
  return listPendingApprovals(ctx.database.system);
}
