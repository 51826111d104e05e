import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import type { SendOutcome } from "../../meta/send-outcome";
import { readStatusChange } from "../read-status-change";
import type { Claim } from "./claim-message";
import { insertWake } from "./insert-wake";
import { markUncertain } from "./mark-uncertain";
import { passWake } from "./pass-wake";
import { recordOutcome } from "./record-outcome";
import { retryDelayMs } from "./retry-delay";
import {
  adoptParkedStatuses,
  insertEvent,
  lockConversation,
  lockMessage,
  updateMessage,
  type MessageRow,
} from "./store";

type Accepted = Extract<SendOutcome, { kind: "accepted" }>;
type NotAccepted = Exclude<SendOutcome, Accepted>;

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
    if (!message) return;
    // That Meta took it is true whatever has happened to the message since; that an older attempt failed says nothing.
    if (outcome.kind === "accepted") await settleAccepted(tx, message, outcome, now);
    else if (message.attempts === claim.attempt && message.status === "sending") {
      await settleOther(ctx, tx, message, outcome, now);
    }
    await passWake(tx, conversationId, now);
  });
  ctx.wakeRelay();
}

async function settleAccepted(
  tx: Transaction,
  message: MessageRow,
  outcome: Accepted,
  now: Date,
): Promise<void> {
  const wamid = message.wamid ?? outcome.wamid;
  const report = { wamid, status: "accepted", occurredAt: now, error: undefined };
  const change = readStatusChange(message, report);
  await updateMessage(tx, message.id, { ...change, acceptedAt: message.acceptedAt ?? now });
  await recordOutcome(tx, message, "accepted", now, outcome.traceId ? { traceId: outcome.traceId } : {});
  // Statuses that came before anybody knew whose they are.
  for (const parked of await adoptParkedStatuses(tx, message.phoneNumberId, wamid, message.id)) {
    const current = await lockMessage(tx, message.id);
    const next = { ...parked, wamid, error: parked.error ?? undefined };
    if (current) await updateMessage(tx, message.id, readStatusChange(current, next));
  }
}

async function settleOther(
  ctx: SystemContext,
  tx: Transaction,
  message: MessageRow,
  outcome: NotAccepted,
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
    await updateMessage(tx, message.id, {
      status: "failed",
      failedAt: now,
      claimExpiresAt: null,
      uncertainAt: null,
      error,
    });
    await recordOutcome(tx, message, "failed", now, { error });
  } else if (outcome.kind === "retry") {
    const retryAt = new Date(now.getTime() + retryDelayMs(outcome.error, message.attempts));
    await updateMessage(tx, message.id, {
      status: "queued",
      nextAttemptAt: retryAt,
      claimExpiresAt: null,
      uncertainAt: null,
      error,
    });
    await insertEvent(tx, message, "queued", now, { error });
    await insertWake(tx, "wa/message.queued", message, retryAt);
  } else if (!message.uncertainAt) {
    await markUncertain(tx, message, now, ctx.config.settleAfterMs, outcome.error);
  }
}
