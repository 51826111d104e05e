import type { Transaction } from "#db/client";
import { recordAudit } from "../../audit/record-audit";
import type { SendError } from "../../meta/send-outcome";
import type { MessageStatus } from "../status-ladder";
import { insertEvent, type MessageRow } from "./store";

/** Writes how a send ended into the message's history and into the audit log. */
export async function recordOutcome(
  tx: Transaction,
  message: MessageRow,
  status: MessageStatus,
  now: Date,
  more: { error?: SendError; traceId?: string } = {},
): Promise<void> {
  const traceId = more.traceId ?? more.error?.traceId;
  const detail = { attempt: message.attempts, ...(traceId ? { fbtrace_id: traceId } : {}) };
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
    ...(more.error?.code === undefined ? {} : { errorCode: String(more.error.code) }),
    messageId: message.id,
    conversationId: message.conversationId,
    phoneNumberId: message.phoneNumberId,
    detail,
  });
}
