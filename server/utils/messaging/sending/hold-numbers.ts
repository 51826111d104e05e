import type { Transaction } from "#db/client";
import type { SendError } from "../../meta/send-outcome";
import { lockLimitedNumbers, throttleNumbers } from "./numbers/store";
import { retryDelayMs } from "./retry-delay";

const SCOPES = { number: "number", spam: "number", waba: "waba", app: "app" } as const;

/**
 * Lets the numbers rest that one of Meta's limits concerns: none of their conversations sends before the returned time.
 * Longer each time in a row that Meta says so. What other attempts of the same moment hear says nothing new.
 *
 * @returns until when; undefined for an error that concerns no number
 */
export async function holdNumbers(
  tx: Transaction,
  phoneNumberId: string,
  error: SendError,
  now: Date,
): Promise<Date | undefined> {
  const { backoff, regainMs = 0 } = error;
  if (!backoff || !isShared(backoff)) return undefined;
  const numbers = await lockLimitedNumbers(tx, phoneNumberId, SCOPES[backoff]);
  const own = numbers.find(({ id }) => id === phoneNumberId);
  const level = own?.throttleLevel ?? 0;
  const isResting = own?.throttledUntil != null && own.throttledUntil > now;
  const delayMs = Math.max(isResting ? 0 : retryDelayMs(backoff, level), regainMs);
  const until = new Date(Math.max(now.getTime() + delayMs, own?.throttledUntil?.getTime() ?? 0));
  const ids = numbers.map(({ id }) => id);
  await throttleNumbers(tx, ids, until, isResting ? level : level + 1);
  return until;
}

function isShared(backoff: string): backoff is keyof typeof SCOPES {
  return backoff in SCOPES;
}
