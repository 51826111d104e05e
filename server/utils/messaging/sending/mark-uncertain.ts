import type { Transaction } from "#db/client";
import type { SendError } from "../../meta/send-outcome";
import { insertWake } from "./insert-wake";
import { insertEvent, updateMessage, type MessageRow } from "./store";

/**
 * Records that nobody knows whether Meta took the attempt, and when to look again: when silence begins to mean something,
 * or when its time is up.
 */
export async function markUncertain(
  tx: Transaction,
  message: MessageRow,
  now: Date,
  settleAfterMs: number,
  { error, runId }: { readonly error: SendError; readonly runId?: string | undefined },
): Promise<void> {
  await updateMessage(tx, message.id, { uncertainAt: now, claimExpiresAt: null, error: { ...error } });
  await insertEvent(tx, message, "sending", now, {
    error: { ...error },
    detail: { uncertain: true, attempt: message.attempts, ...(runId ? { run_id: runId } : {}) },
  });
  const silentAt = new Date(now.getTime() + settleAfterMs);
  const { expiresAt } = message;
  const lookAt = expiresAt && expiresAt > now && expiresAt < silentAt ? expiresAt : silentAt;
  await insertWake(tx, "wa/message.uncertain", message, lookAt);
}
