import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import { hasUnprocessedBodies } from "../../inbox/store";
import { insertWake } from "./insert-wake";
import { recordOutcome } from "./record-outcome";
import { hasPendingEvent } from "./recovery/store";
import { insertEvent, lockMessage, readSendingNumber, updateMessage, type MessageRow } from "./store";

// How long an uncertain message waits at most for a sign of life from Meta.
const GIVE_UP_AFTER_MS = 15 * 60_000;

type Decision = "retry" | "unknown" | "waiting";

/**
 * Decides about a message of which nobody knows whether Meta took it. A status webhook settles it whenever it
 * comes. Silence is evidence only while webhooks demonstrably flow: something from Meta for this number
 * arrived after the attempt had ended, and all that arrived has been read (a crash can leave the very status
 * in the inbox). Then the message's policy decides. While nothing flows it waits, and at last it is
 * `unknown`, which a late status may still correct.
 */
export async function settleUncertain(
  ctx: SystemContext,
  messageId: string,
): Promise<{ outcome: Decision | "settled" }> {
  const outcome = await ctx.database.asSystem(async (tx) => {
    const message = await lockUncertain(tx, messageId);
    if (!message) return "settled";
    const now = ctx.clock.now();
    const isEvidence = await provesSilence(tx, message, now, ctx.config.settleAfterMs);
    const decision = decide(message, now, isEvidence);
    if (decision === "retry") await queueAgain(tx, message, now);
    else if (decision === "unknown") await giveUp(tx, message, now);
    else await lookAgain(tx, message, now, ctx.config.settleAfterMs);
    return decision;
  });
  ctx.wakeRelay();
  return { outcome };
}

type UncertainMessage = MessageRow & { readonly uncertainAt: Date };

function decide(message: UncertainMessage, now: Date, isEvidence: boolean): Decision {
  const isExpired = message.expiresAt !== null && message.expiresAt <= now;
  if (isEvidence && message.uncertainPolicy === "retry" && !isExpired) return "retry";
  const isOld = now.getTime() - message.uncertainAt.getTime() >= GIVE_UP_AFTER_MS;
  return isEvidence || isExpired || isOld ? "unknown" : "waiting";
}

async function provesSilence(
  tx: Transaction,
  message: UncertainMessage,
  now: Date,
  settleAfterMs: number,
): Promise<boolean> {
  if (now.getTime() - message.uncertainAt.getTime() < settleAfterMs) return false;
  const number = await readSendingNumber(tx, message.phoneNumberId);
  const isFlowing = number?.lastWebhookAt != null && number.lastWebhookAt > message.uncertainAt;
  const silentUntil = new Date(message.uncertainAt.getTime() + settleAfterMs);
  return isFlowing && !(await hasUnprocessedBodies(tx, silentUntil));
}

async function lookAgain(
  tx: Transaction,
  message: UncertainMessage,
  now: Date,
  settleAfterMs: number,
): Promise<void> {
  const remainingMs = settleAfterMs - (now.getTime() - message.uncertainAt.getTime());
  // A second chain of looks would only cost: every one is a billed run. The event of this very run may not be marked as
  // sent yet; it is due already.
  if (await hasPendingEvent(tx, "wa/message.uncertain", message.id, now)) return;
  const pauseMs = remainingMs > 0 ? remainingMs : Math.min(settleAfterMs, 30_000);
  await insertWake(tx, "wa/message.uncertain", message, new Date(now.getTime() + pauseMs));
}

async function lockUncertain(tx: Transaction, messageId: string): Promise<UncertainMessage | undefined> {
  const message = await lockMessage(tx, messageId);
  if (message?.status !== "sending" || !message.uncertainAt) return undefined;
  return { ...message, uncertainAt: message.uncertainAt };
}

async function queueAgain(tx: Transaction, message: MessageRow, now: Date): Promise<void> {
  await updateMessage(tx, message.id, { status: "queued", uncertainAt: null, nextAttemptAt: null });
  await insertEvent(tx, message, "queued", now, { detail: { after_silence: true } });
  await insertWake(tx, "wa/message.queued", message, now);
}

async function giveUp(tx: Transaction, message: MessageRow, now: Date): Promise<void> {
  const error = { reason: "Meta neither confirmed nor refused it; it may have arrived" };
  await updateMessage(tx, message.id, { status: "unknown", uncertainAt: null, error });
  await recordOutcome(tx, message, "unknown", now, { error });
}
