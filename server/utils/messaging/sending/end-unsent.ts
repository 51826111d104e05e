import type { Transaction } from "#db/client";
import type { SendError } from "../../meta/send-outcome";
import { recordOutcome } from "./record-outcome";
import { countUncertainAttempts, updateMessage, type MessageRow } from "./store";

/**
 * Ends a message that is not to be sent any more. After an attempt that nobody knows the end of, "not sent" would
 * be a lie: then it is `unknown`.
 */
export async function endUnsent(
  tx: Transaction,
  message: MessageRow,
  status: "expired" | "failed",
  error: SendError,
  now: Date,
  runId?: string,
): Promise<void> {
  const mayHaveArrived = (await countUncertainAttempts(tx, message.id)) > 0;
  const end = mayHaveArrived ? "unknown" : status;
  const reason = mayHaveArrived ? `${error.reason}; an earlier attempt may have arrived` : error.reason;
  const told = { ...error, reason };
  await updateMessage(tx, message.id, {
    status: end,
    error: { ...told },
    nextAttemptAt: null,
    claimExpiresAt: null,
    uncertainAt: null,
    ...(end === "failed" ? { failedAt: now } : {}),
  });
  await recordOutcome(tx, message, end, now, { error: told, runId });
}
