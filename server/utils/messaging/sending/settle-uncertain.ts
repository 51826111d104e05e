import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import { hasUnprocessedBodies } from "../../inbox/store";
import { ERROR_ADVICE } from "../../meta/error-advice";
import { explainSendError } from "../../meta/explain-send-error";
import { insertWake } from "./insert-wake";
import { readSendingNumber } from "./numbers/store";
import { recordOutcome } from "./record-outcome";
import { hasPendingEvent } from "./recovery/store";
import { countUncertainAttempts, insertEvent, lockMessage, updateMessage, type MessageRow } from "./store";

// How long an uncertain message waits at most for a sign of life from Meta.
const GIVE_UP_AFTER_MS = 15 * 60_000;
// What fails without a word so often will not do better the next time; Meta gives lower numbers for some codes.
const ATTEMPT_LIMIT = 5;

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
  runId?: string,
): Promise<{ outcome: Decision | "settled" }> {
  const outcome = await ctx.database.asSystem(async (tx) => {
    const message = await lockUncertain(tx, messageId);
    if (!message) return "settled";
    const now = ctx.clock.now();
    const isEvidence = await provesSilence(tx, message, now, ctx.config.settleAfterMs);
    const mayTryAgain = message.uncertainPolicy === "retry" && !(await isExhausted(tx, message));
    const decision = decide(message, now, { isEvidence, mayTryAgain });
    if (decision === "retry") await queueAgain(tx, message, now, runId);
    else if (decision === "unknown") await giveUp(tx, message, now, runId);
    else await lookAgain(tx, message, now, ctx.config.settleAfterMs);
    return decision;
  });
  ctx.wakeRelay();
  return { outcome };
}

type UncertainMessage = MessageRow & { readonly uncertainAt: Date };

function decide(
  message: UncertainMessage,
  now: Date,
  { isEvidence, mayTryAgain }: { readonly isEvidence: boolean; readonly mayTryAgain: boolean },
): Decision {
  const isExpired = message.expiresAt !== null && message.expiresAt <= now;
  if (isEvidence && mayTryAgain && !isExpired) return "retry";
  const isOld = now.getTime() - message.uncertainAt.getTime() >= GIVE_UP_AFTER_MS;
  return isEvidence || isExpired || isOld ? "unknown" : "waiting";
}

/** Whether it ended in uncertainty as often as it may. */
async function isExhausted(tx: Transaction, message: UncertainMessage): Promise<boolean> {
  const code = message.error?.code;
  const limit = (typeof code === "number" ? explainSendError(code).attemptLimit : undefined) ?? ATTEMPT_LIMIT;
  return (await countUncertainAttempts(tx, message.id)) >= limit;
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
  const patienceMs = remainingMs > 0 ? remainingMs : Math.min(settleAfterMs, 30_000);
  const untilExpiryMs = (message.expiresAt?.getTime() ?? Infinity) - now.getTime();
  const pauseMs = Math.min(patienceMs, Math.max(untilExpiryMs, 0));
  await insertWake(tx, "wa/message.uncertain", message, new Date(now.getTime() + pauseMs));
}

async function lockUncertain(tx: Transaction, messageId: string): Promise<UncertainMessage | undefined> {
  const message = await lockMessage(tx, messageId);
  if (message?.status !== "sending" || !message.uncertainAt) return undefined;
  return { ...message, uncertainAt: message.uncertainAt };
}

async function queueAgain(tx: Transaction, message: MessageRow, now: Date, runId?: string): Promise<void> {
  await updateMessage(tx, message.id, { status: "queued", uncertainAt: null, nextAttemptAt: null });
  const detail = { after_silence: true, ...(runId ? { run_id: runId } : {}) };
  await insertEvent(tx, message, "queued", now, { detail });
  await insertWake(tx, "wa/message.queued", message, now);
}

async function giveUp(tx: Transaction, message: MessageRow, now: Date, runId?: string): Promise<void> {
  const code = message.error?.code;
  const error = {
    reason: "Meta neither confirmed nor refused it; it may have arrived",
    advice: ERROR_ADVICE.unresolved,
    ...(typeof code === "number" ? { code } : {}),
  };
  await updateMessage(tx, message.id, { status: "unknown", uncertainAt: null, error });
  await recordOutcome(tx, message, "unknown", now, { error, runId });
}
