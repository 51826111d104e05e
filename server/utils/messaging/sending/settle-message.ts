import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import type { SendOutcome } from "../../meta/send-outcome";
import type { Claim } from "./claim-message";
import { insertWake } from "./insert-wake";
import { markUncertain } from "./mark-uncertain";
import { passWake } from "./pass-wake";
import { recordOutcome } from "./record-outcome";
import { retryDelayMs } from "./retry-delay";
import {
  insertEvent,
  learnAlias,
  lockConversation,
  lockMessage,
  updateMessage,
  type MessageRow,
} from "./store";

/**
 * Stores how an attempt ended. Meta's status may have come first; then the message stands higher already
 * and keeps its place.
 */
export async function settleMessage(ctx: SystemContext, claim: Claim, outcome: SendOutcome): Promise<void> {
  const { id, conversationId } = claim.message;
  await ctx.database.asSystem(async (tx) => {
    const now = ctx.clock.now();
    // The conversation first, as in a claim, or the two could wait for each other.
    await lockConversation(tx, conversationId);
    const message = await lockMessage(tx, id);
    // Another attempt began since: whoever made it settles.
    if (!message || message.attempts !== claim.attempt) return;
    if (outcome.kind === "accepted") await settleAccepted(tx, claim, message, outcome, now);
    else if (message.status === "sending") await settleOther(ctx, tx, message, outcome, now);
    await passWake(tx, conversationId, now);
  });
  ctx.wakeRelay();
}

async function settleAccepted(
  tx: Transaction,
  claim: Claim,
  message: MessageRow,
  outcome: Extract<SendOutcome, { kind: "accepted" }>,
  now: Date,
): Promise<void> {
  const { contactId } = message;
  const isAhead = message.status !== "sending" && message.status !== "unknown";
  await updateMessage(tx, message.id, {
    wamid: outcome.wamid,
    acceptedAt: now,
    uncertainAt: null,
    claimExpiresAt: null,
    error: message.status === "failed" ? message.error : null,
    ...(isAhead ? {} : { status: "accepted" }),
  });
  await recordOutcome(tx, message, "accepted", now, outcome.traceId ? { traceId: outcome.traceId } : {});
  // BR, MX and AR numbers come back in another form than they were given.
  if (outcome.waId)
    await learnAlias(tx, claim.portfolioId, contactId, { kind: "wa_id", value: outcome.waId });
  if (outcome.userId)
    await learnAlias(tx, claim.portfolioId, contactId, { kind: "bsuid", value: outcome.userId });
}

async function settleOther(
  ctx: SystemContext,
  tx: Transaction,
  message: MessageRow,
  outcome: Exclude<SendOutcome, { kind: "accepted" }>,
  now: Date,
): Promise<void> {
  const error = { ...outcome.error };
  if (error.needsHuman) {
    ctx.log.error(
      "Meta refuses to send and needs a person; code",
      error.code,
      "number",
      message.phoneNumberId,
    );
  }
  if (outcome.kind === "failed") {
    await updateMessage(tx, message.id, { status: "failed", failedAt: now, claimExpiresAt: null, error });
    await recordOutcome(tx, message, "failed", now, { error });
  } else if (outcome.kind === "retry") {
    const retryAt = new Date(now.getTime() + retryDelayMs(outcome.error, message.attempts));
    await updateMessage(tx, message.id, {
      status: "queued",
      nextAttemptAt: retryAt,
      claimExpiresAt: null,
      error,
    });
    await insertEvent(tx, message, "queued", now, { error });
    await insertWake(tx, "wa/message.queued", message, retryAt);
  } else {
    await markUncertain(tx, message, now, ctx.config.settleAfterMs, outcome.error);
  }
}
