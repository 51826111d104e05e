import type { Database, Transaction } from "#db/client";
import { recordAudit, type AuditEntry } from "../../audit/record-audit";
import type { Clock } from "../../clock";
import { AppError } from "../../errors";
import { takePosition } from "../conversations/store";
import { announceUpload } from "../sending/files/announce-upload";
import { readAttachedId } from "../sending/files/read-attached-id";
import { insertWake } from "../sending/insert-wake";
import { insertEvent, lockConversation, lockMessage, updateMessage, type MessageRow } from "../sending/store";
import { digestMessage } from "./digest-message";
import { requireLivingPermission } from "./require-living-permission";
import { closeApproval, locateApproval, lockApproval, type ApprovalRow } from "./store";

export interface Decision {
  readonly approvalId: string;
  /** `expire` comes from the clock, and only once the time is up. */
  readonly verdict: "approve" | "refuse" | "expire";
  readonly by: "admin" | "elicitation" | "clock";
  /** Of the call in which a person was asked, and the key that made it. */
  readonly requestId?: string;
  readonly apiKeyId?: string;
}

export interface DecisionContext {
  readonly database: Database;
  readonly clock: Clock;
}

const OUTCOMES = {
  approve: { state: "approved", status: "queued", reason: undefined },
  refuse: { state: "refused", status: "cancelled", reason: "a person refused it" },
  expire: { state: "expired", status: "expired", reason: "nobody approved it in time" },
} as const;

/**
 * Decides about a held message, once: approved it takes its place at the end of its conversation's queue and is sent like
 * any other; refused or too late it never leaves and gives its place in the daily caps back.
 *
 * @returns the message's new status
 * @throws AppError `not_found`, or `conflict` when it was decided before, or is not what the approval was asked for
 */
export async function decideApproval(ctx: DecisionContext, decision: Decision): Promise<string> {
  return ctx.database.asSystem(async (tx) => {
    const place = await locateApproval(tx, decision.approvalId);
    // The conversation first, as in a claim, or the two could wait for each other.
    if (place) await lockConversation(tx, place.conversationId);
    const message = place && (await lockMessage(tx, place.messageId));
    const approval = place && (await lockApproval(tx, decision.approvalId));
    if (!message || !approval) {
      throw new AppError("not_found", "There is no such approval.", {
        advice: "List the approvals that are open.",
      });
    }
    const now = ctx.clock.now();
    const isOverdue = approval.expiresAt <= now;
    if (decision.verdict === "expire" && !isOverdue) return message.status;
    const verdict = isOverdue ? "expire" : decision.verdict;
    requireOpen(approval, message, verdict);
    if (verdict === "approve") await requireLivingPermission(tx, message, now);
    await carryOut(tx, { message, approval, decision: { ...decision, verdict }, now });
    return OUTCOMES[verdict].status;
  });
}

function requireOpen(approval: ApprovalRow, message: MessageRow, verdict: Decision["verdict"]): void {
  if (approval.state !== "pending" || message.status !== "held") {
    throw new AppError(
      "conflict",
      `This approval is ${approval.state} already; its message is ${message.status}.`,
    );
  }
  // A person approved what he saw and nothing else.
  if (verdict === "approve" && approval.contentHash !== digestMessage(message)) {
    throw new AppError("conflict", "The message is not what the approval was asked for.", {
      advice: "Refuse it, and have it sent again.",
    });
  }
}

interface OpenDecision {
  readonly message: MessageRow;
  readonly approval: ApprovalRow;
  readonly decision: Decision;
  readonly now: Date;
}

async function carryOut(tx: Transaction, { message, approval, decision, now }: OpenDecision): Promise<void> {
  const { state, status, reason } = OUTCOMES[decision.verdict];
  if (decision.verdict === "approve") {
    // Behind what was sent meanwhile: it enters the queue now.
    const { position } = await takePosition(tx, message.conversationId, now, { since: message.id });
    await updateMessage(tx, message.id, { status, position });
    const mediaId = readAttachedId(message);
    if (mediaId) await announceUpload(tx, { id: mediaId, clientId: message.clientId }, now);
    await insertWake(tx, "wa/message.queued", message, now);
  } else await updateMessage(tx, message.id, { status, error: { reason } });
  await insertEvent(tx, message, status, now, reason ? { error: { reason } } : {});
  const decidedBy = decision.verdict === "expire" ? "clock" : decision.by;
  await closeApproval(tx, approval.id, { state, decidedAt: now, decidedBy });
  await recordAudit(tx, describeDecision({ message, approval, decision, now }));
}

function describeDecision({ message, approval, decision, now }: OpenDecision): AuditEntry {
  const { state } = OUTCOMES[decision.verdict];
  const actor = decision.by === "admin" ? "admin" : decision.by === "elicitation" ? "key" : "system";
  const requestId = decision.requestId ?? message.requestId;
  return {
    at: now,
    actor,
    action: `approval.${state}`,
    outcome: "ok",
    clientId: approval.clientId,
    apiKeyId: decision.apiKeyId ?? approval.apiKeyId,
    messageId: message.id,
    conversationId: message.conversationId,
    phoneNumberId: message.phoneNumberId,
    detail: { approval_id: approval.id, by: decision.by },
    ...(requestId ? { requestId } : {}),
  };
}
