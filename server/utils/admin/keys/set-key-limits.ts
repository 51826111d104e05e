import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { requireCap } from "../require-cap";
import { requireKey } from "./require-key";
import { updateKeyChain } from "./store";

/** What a key may do at most. Only what is given changes. */
export interface KeyLimits {
  /** Calls a minute. */
  readonly rpmLimit?: number | undefined;
  /** Messages a day (UTC). */
  readonly dailyMsgLimit?: number | undefined;
}

/**
 * Changes the limits of a key and of those that it was rotated from or into, at once and on every server.
 *
 * @returns the limits that hold now
 * @throws AppError `not_found`, `invalid_arguments`
 */
export async function setKeyLimits(ctx: AdminContext, key: string, limits: KeyLimits) {
  return performAction(ctx, "key.set", async (tx, targets) => {
    requireCap("The calls a minute", limits.rpmLimit, 1);
    requireCap("The daily limit", limits.dailyMsgLimit);
    const { id, prefix, clientId, clientName, ...before } = await requireKey(tx, key);
    targets.clientId = clientId;
    targets.apiKeyId = id;
    const rpmLimit = limits.rpmLimit ?? before.rpmLimit;
    const dailyMsgLimit = limits.dailyMsgLimit ?? before.dailyMsgLimit;
    // Its predecessors count on the same counters, and would pass what it no longer may.
    await updateKeyChain(tx, before.limitsKeyId ?? id, { rpmLimit, dailyMsgLimit });
    return { id, prefix, client: clientName, rpmLimit, dailyMsgLimit };
  });
}
