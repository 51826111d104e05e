import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { openGrant, type GrantName } from "./open-grant";
import { deleteRecipients, updateGrant } from "./store";

/** A grant that holds no more. */
export interface RevokedGrant {
  readonly id: string;
  /** Whether strangers' messages on the number still go to the client, which can no longer read them. */
  readonly isDefaultClient: boolean;
}

/**
 * Ends a client's use of a number at once. Its list of allowed recipients goes with it.
 *
 * @throws AppError `not_found`
 */
export async function revokeGrant(ctx: AdminContext, input: GrantName): Promise<RevokedGrant> {
  return performAction(ctx, "grant.revoked", async (tx, targets) => {
    const { client, number, grant } = await openGrant(tx, targets, input);
    await updateGrant(tx, grant.id, { revokedAt: ctx.clock.now() });
    await deleteRecipients(tx, grant.id);
    return { id: grant.id, isDefaultClient: number.defaultClientId === client.id };
  });
}
