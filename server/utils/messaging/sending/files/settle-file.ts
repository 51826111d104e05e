import type { Transaction } from "#db/client";
import type { SystemContext } from "../../../context";
import type { HandOver } from "../../../media/outbound/hand-to-meta";
import { settleMedia } from "../../../media/store";
import type { SendError } from "../../../meta/send-outcome";
import { endUnsent } from "../end-unsent";
import { holdNumbers } from "../hold-numbers";
import { passWake } from "../pass-wake";
import { pauseNumber } from "../pause-number";
import { retryDelayMs } from "../retry-delay";
import { insertEvent, lockConversation, lockMessage, updateMessage, type MessageRow } from "../store";
import { announceUpload } from "./announce-upload";
import type { FileClaim } from "./claim-file";
import { countFileFailures } from "./store";

type Retry = Extract<HandOver, { kind: "retry" }>;
type Refused = Extract<HandOver, { kind: "refused" }>;

/** An attempt that is being settled, under the locks of its conversation and its message. */
interface Settling {
  readonly ctx: SystemContext;
  readonly tx: Transaction;
  readonly now: Date;
  readonly claim: FileClaim;
  /** The message that waits for the file; undefined when none does any more. */
  readonly message: MessageRow | undefined;
  readonly runId: string | undefined;
}

// About an hour with the pauses between them; then whoever sends should know.
const ATTEMPT_LIMIT = 8;
const STORAGE_PAUSE_MS = 5 * 60_000;

/**
 * Stores how an attempt to give Meta a file ended, and in the same transaction what follows for its message: it is woken, or
 * over, or its file is tried again later.
 */
export async function settleFile(
  ctx: SystemContext,
  claim: FileClaim,
  end: HandOver,
  runId: string | undefined,
): Promise<"uploaded" | "refused" | "retry" | "nothing_to_do"> {
  return ctx.database.asSystem(async (tx) => {
    const { conversationId, media } = claim;
    if (conversationId) await lockConversation(tx, conversationId);
    const found = media.messageId ? await lockMessage(tx, media.messageId) : undefined;
    const message = found?.status === "queued" ? found : undefined;
    const settling: Settling = { ctx, tx, now: ctx.clock.now(), claim, message, runId };
    if (end.kind === "retry") return settleRetry(settling, end);
    return end.kind === "uploaded" ? settleUploaded(settling, end) : settleRefused(settling, end);
  });
}

async function settleUploaded(
  { tx, now, claim, message }: Settling,
  { waMediaId, waMediaExpiresAt }: Extract<HandOver, { kind: "uploaded" }>,
) {
  const change = { waMediaId, waMediaExpiresAt, error: null };
  // Somebody else has the file: then its end is the other's to tell.
  if (!(await settleMedia(tx, claim, change))) return "nothing_to_do";
  if (message) {
    await updateMessage(tx, message.id, { nextAttemptAt: null, error: null });
    await passWake(tx, message.conversationId, now);
  }
  return "uploaded";
}

async function settleRefused(
  { tx, now, claim, message, runId }: Settling,
  { error, told }: Omit<Refused, "kind">,
) {
  if (!(await settleMedia(tx, claim, { state: "failed", error: { ...told } }))) return "nothing_to_do";
  if (message) {
    await endUnsent(tx, message, "failed", error, now, runId);
    await passWake(tx, message.conversationId, now);
  }
  return "refused";
}

async function settleRetry(settling: Settling, end: Retry) {
  const { tx, now, claim, message } = settling;
  const { error, told } = end;
  const failures = message ? (await countFileFailures(tx, message.id)) + 1 : 0;
  // The server's own disk: whoever sends can do nothing about it, and the operator has been told.
  const isStorage = told.reason === "storage";
  const isShared = isStorage || error.needsHuman === true || isRateLimit(error);
  if (!isShared && failures >= ATTEMPT_LIMIT) {
    const reason = `the file could not be handed to WhatsApp in ${failures} attempts; the last: ${error.reason}`;
    return settleRefused(settling, { error: { ...error, reason, advice: end.finalAdvice }, told });
  }
  if (!(await settleMedia(tx, claim, { error: { ...told } }))) return "nothing_to_do";
  if (!message) return "retry";
  if (error.needsHuman) await waitForPerson(settling, message, error);
  else {
    const heldUntil = await holdNumbers(tx, message.phoneNumberId, error, now);
    const ownPauseMs = isStorage ? STORAGE_PAUSE_MS : pauseMs(error, failures - 1);
    const retryAt = heldUntil ?? new Date(now.getTime() + ownPauseMs);
    await note(settling, message, error, retryAt, heldUntil === undefined && !isStorage);
    await announceUpload(tx, claim.media, retryAt);
  }
  return "retry";
}

/** The file is announced again by the claim of its message, once the number is resumed. */
async function waitForPerson(settling: Settling, message: MessageRow, error: SendError): Promise<void> {
  const { ctx, tx, now, runId } = settling;
  await note(settling, message, error, null, false);
  const { code } = error;
  if (!(await pauseNumber(tx, message.phoneNumberId, { code, runId }, now))) return;
  ctx.log.error("Meta refuses an upload and needs a person; code", code, "number", message.phoneNumberId);
}

/** @param counts whether it is an attempt that brings the end nearer */
async function note(
  { tx, now, runId }: Settling,
  message: MessageRow,
  error: SendError,
  nextAttemptAt: Date | null,
  counts: boolean,
): Promise<void> {
  await updateMessage(tx, message.id, { nextAttemptAt, error: { ...error } });
  const detail = { file: counts ? "failed" : "waits", ...(runId ? { run_id: runId } : {}) };
  await insertEvent(tx, message, "queued", now, { error: { ...error }, detail });
}

function isRateLimit({ backoff }: SendError): boolean {
  return backoff === "number" || backoff === "waba" || backoff === "app" || backoff === "spam";
}

function pauseMs({ backoff }: SendError, times: number): number {
  const isTimed = backoff !== undefined && backoff !== "settle" && backoff !== "none";
  return retryDelayMs(isTimed ? backoff : "minute", times);
}
