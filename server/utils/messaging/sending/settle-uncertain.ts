import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import { insertWake } from "./insert-wake";
import { recordOutcome } from "./record-outcome";
import { insertEvent, lockMessage, readSendingNumber, updateMessage, type MessageRow } from "./store";

// How long an uncertain message waits at most for a sign of life from Meta.
const GIVE_UP_AFTER_MS = 15 * 60_000;

/**
 * Decides about a message of which nobody knows whether Meta took it. A status webhook settles it whenever it
 * comes. Silence is evidence only while webhooks demonstrably flow: something from Meta for this number
 * arrived after the attempt had ended. Then the message's policy decides. While nothing flows it waits, and at last it is
 * `unknown`, which a late status may still correct.
 */
export async function settleUncertain(ctx: SystemContext, messageId: string): Promise<{ outcome: string }> {
  const outcome = await ctx.database.asSystem(async (tx) => {
    const message = await lockUncertain(tx, messageId);
    if (!message?.uncertainAt) return "settled";
    const now = ctx.clock.now();
    const number = await readSendingNumber(tx, message.phoneNumberId);
    const silentMs = now.getTime() - message.uncertainAt.getTime();
    const isFlowing = number?.lastWebhookAt != null && number.lastWebhookAt > message.uncertainAt;
    const isExpired = message.expiresAt !== null && message.expiresAt <= now;
    if (
      silentMs >= ctx.config.settleAfterMs &&
      isFlowing &&
      message.uncertainPolicy === "retry" &&
      !isExpired
    ) {
      await queueAgain(tx, message, now);
      return "retry";
    }
    if ((silentMs >= ctx.config.settleAfterMs && isFlowing) || isExpired || silentMs >= GIVE_UP_AFTER_MS) {
      await giveUp(tx, message, now);
      return "unknown";
    }
    const lookAgainMs = Math.max(1_000, Math.min(30_000, ctx.config.settleAfterMs - silentMs || 30_000));
    await insertWake(tx, "wa/message.uncertain", message, new Date(now.getTime() + lookAgainMs));
    return "waiting";
  });
  ctx.wakeRelay();
  return { outcome };
}

async function lockUncertain(tx: Transaction, messageId: string): Promise<MessageRow | undefined> {
  const message = await lockMessage(tx, messageId);
  return message?.status === "sending" && message.uncertainAt ? message : undefined;
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
