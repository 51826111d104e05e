import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { requireKey } from "./require-key";
import { updateKey } from "./store";

/** A key that works no more. */
export interface RevokedKey {
  readonly id: string;
  readonly prefix: string;
  readonly client: string;
  /** False when it was revoked before. */
  readonly changed: boolean;
}

/**
 * Revokes a key for good: running servers refuse it at once and close its sessions.
 *
 * @throws AppError `not_found`
 */
export async function revokeKey(ctx: AdminContext, key: string): Promise<RevokedKey> {
  return performAction(ctx, "key.revoked", async (tx, targets) => {
    const { id, prefix, clientId, clientName, revokedAt } = await requireKey(tx, key);
    targets.clientId = clientId;
    targets.apiKeyId = id;
    if (!revokedAt) await updateKey(tx, id, { revokedAt: ctx.clock.now() });
    return { id, prefix, client: clientName, changed: revokedAt === null };
  });
}
