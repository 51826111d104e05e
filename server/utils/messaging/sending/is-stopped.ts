import type { SendingNumber } from "./numbers/store";

/** Whether nothing is sent from a number: it needs a person, or an administrator has disabled it. */
export function isStopped(number: Pick<SendingNumber, "pausedAt" | "disabledAt">): boolean {
  return number.pausedAt !== null || number.disabledAt !== null;
}
