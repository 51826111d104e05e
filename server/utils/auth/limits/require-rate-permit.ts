import type { Transaction } from "#db/client";
import { AppError } from "../../errors";
import type { Principal } from "../principal";
import { takeRatePermit } from "./store";

/**
 * Counts a call against its key's limit per minute, which slides and is shared by all processes.
 *
 * @throws AppError `rate_limited` with the seconds until a call will be allowed; a refused call does not count
 */
export async function requireRatePermit(tx: Transaction, principal: Principal): Promise<void> {
  const { limitsKeyId, rpmLimit } = principal;
  const waitSeconds = await takeRatePermit(tx, limitsKeyId, rpmLimit);
  if (waitSeconds === 0) return;
  throw new AppError("rate_limited", `This key may make ${rpmLimit} calls a minute.`, {
    advice: `Wait ${waitSeconds} s. To hear of new messages, one wait_for_messages does the work of many calls.`,
    retryAfterSeconds: waitSeconds,
    details: { limit: "key_rpm", per_minute: rpmLimit },
  });
}
