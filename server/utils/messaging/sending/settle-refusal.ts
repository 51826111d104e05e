import { raiseAlert } from "../../alerts/raise-alert";
import type { SendError, SendOutcome } from "../../meta/send-outcome";
import { endUnsent } from "./end-unsent";
import { forgetRefusedFile } from "./files/forget-refused-file";
import { holdNumbers } from "./hold-numbers";
import { insertWake } from "./insert-wake";
import { heedClosedWindow } from "./window/heed-closed-window";
import { pairPacing } from "./pair-pacing";
import { pauseNumber } from "./pause-number";
import { retryDelayMs } from "./retry-delay";
import type { Settlement } from "./settlement";
import { addDeferredWakes, countRefusals, insertEvent, setPacedUntil, updateMessage } from "./store";

type Refusal = Extract<SendOutcome, { kind: "retry" | "failed" }>;

/**
 * Stores that Meta certainly did not take an attempt: the message is over, or it waits for a person, or for its next
 * attempt. Whoever else has to wait for the same reason waits with it: the number, or the person it is for.
 */
export async function settleRefusal(settlement: Settlement, { kind, error }: Refusal): Promise<void> {
  if (kind === "failed") await fail(settlement, error);
  else if (error.needsHuman) await waitForPerson(settlement, error);
  else await tryLater(settlement, error);
}

async function fail(settlement: Settlement, error: SendError): Promise<void> {
  const { tx, message, now, runId } = settlement;
  if (await forgetRefusedFile(tx, message, error)) {
    await requeue(settlement, error, now);
    await insertWake(tx, "wa/message.queued", message, now);
    return;
  }
  await endUnsent(tx, message, "failed", error, now, runId);
  await heedClosedWindow(tx, message, { error, occurredAt: now, now });
  await holdNumbers(tx, message.phoneNumberId, error, now);
  if (!error.alerts) return;
  const { phoneNumberId } = message;
  await raiseAlert(tx, { kind: "send_refused", phoneNumberId, code: error.code, runId }, now);
}

async function waitForPerson({ ctx, tx, message, now, runId }: Settlement, error: SendError): Promise<void> {
  await requeue({ tx, message, now, runId }, error, null);
  // Its wake-up waits with it, until the number is resumed.
  await addDeferredWakes(tx, message.conversationId, 1);
  const isNews = await pauseNumber(tx, message.phoneNumberId, { code: error.code, runId }, now);
  if (!isNews) return;
  ctx.log.error("Meta refuses to send and needs a person; code", error.code, "number", message.phoneNumberId);
}

async function tryLater(settlement: Settlement, error: SendError): Promise<void> {
  const { tx, message, now } = settlement;
  const heldUntil = await holdNumbers(tx, message.phoneNumberId, error, now);
  const retryAt = heldUntil ?? (await readRetryTime(settlement, error));
  await requeue(settlement, error, retryAt);
  await insertWake(tx, "wa/message.queued", message, retryAt);
}

async function readRetryTime(settlement: Settlement, error: SendError): Promise<Date> {
  const { ctx, tx, message, now, conversation } = settlement;
  const after = (delayMs: number): Date => new Date(now.getTime() + delayMs);
  if (error.backoff !== "recipient" || error.code === undefined) {
    return after(retryDelayMs(error.backoff, message.attempts - 1));
  }
  // X counts what this limit refused, and nothing else that went wrong. The person waits, not only this message: the next
  // one of the conversation may take its place meanwhile.
  const retryAt = after(retryDelayMs(error.backoff, await countRefusals(tx, message.id, error.code)));
  const pacedUntil = pairPacing.afterRefusal(conversation.pacedUntil, retryAt);
  await setPacedUntil(tx, message.conversationId, pacedUntil);
  return ctx.config.pairRate ? (pairPacing.nextAt(pacedUntil) ?? retryAt) : retryAt;
}

async function requeue(
  { tx, message, now, runId }: Pick<Settlement, "tx" | "message" | "now" | "runId">,
  error: SendError,
  nextAttemptAt: Date | null,
): Promise<void> {
  await updateMessage(tx, message.id, {
    status: "queued",
    nextAttemptAt,
    claimExpiresAt: null,
    uncertainAt: null,
    error: { ...error },
  });
  const detail = { attempt: message.attempts, ...(runId ? { run_id: runId } : {}) };
  await insertEvent(tx, message, "queued", now, { error: { ...error }, detail });
}
