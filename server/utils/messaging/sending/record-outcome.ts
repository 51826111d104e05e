import type { Transaction } from "#db/client";
import { recordAudit } from "../../audit/record-audit";
import type { SendError } from "../../meta/send-outcome";
import type { MessageStatus } from "../message-status";
import { insertEvent, type MessageRow } from "./store";

export interface OutcomeDetail {
  readonly error?: SendError;
  /** Graph's. */
  readonly traceId?: string | undefined;
  /** Inngest's. */
  readonly runId?: string | undefined;
}

/**
 * Writes how a send ended into the message's history and into the audit log: from the call that queued it (request id)
 * through the run that sent it to Graph's trace.
 */
export async function recordOutcome(
  tx: Transaction,
  message: MessageRow,
  status: MessageStatus,
  now: Date,
  more: OutcomeDetail = {},
): Promise<void> {
  const traceId = more.traceId ?? more.error?.traceId;
  const detail = {
    attempt: message.attempts,
    ...(more.runId ? { run_id: more.runId } : {}),
    ...(traceId ? { fbtrace_id: traceId } : {}),
  };
  await insertEvent(tx, message, status, now, {
    detail,
    ...(more.error ? { error: { ...more.error } } : {}),
  });
  await recordAudit(tx, {
    at: now,
    actor: "system",
    action: `message.${status}`,
    outcome: status === "accepted" ? "ok" : "failed",
    ...(message.clientId ? { clientId: message.clientId } : {}),
    ...(message.apiKeyId ? { apiKeyId: message.apiKeyId } : {}),
    ...(message.requestId ? { requestId: message.requestId } : {}),
    ...(more.error?.code === undefined ? {} : { errorCode: String(more.error.code) }),
    messageId: message.id,
    conversationId: message.conversationId,
    phoneNumberId: message.phoneNumberId,
    detail,
  });
}
