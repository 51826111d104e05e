import type { Transaction } from "#db/client";
import type { SendError } from "../../meta/send-outcome";
import { insertWake } from "./insert-wake";
import { insertEvent, updateMessage, type MessageRow } from "./store";

/** Records that nobody knows whether Meta took the attempt, and when to look again. */
export async function markUncertain(
  tx: Transaction,
  message: MessageRow,
  now: Date,
  settleAfterMs: number,
  error: SendError,
): Promise<void> {
  await updateMessage(tx, message.id, { uncertainAt: now, claimExpiresAt: null, error: { ...error } });
  await insertEvent(tx, message, "sending", now, {
    error: { ...error },
    detail: { uncertain: true, attempt: message.attempts },
  });
  await insertWake(tx, "wa/message.uncertain", message, new Date(now.getTime() + settleAfterMs));
}
