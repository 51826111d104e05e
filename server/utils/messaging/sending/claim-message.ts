import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import { ERROR_ADVICE } from "../../meta/error-advice";
import type { Address } from "../../meta/message-payload";
import { endForbiddenMessage } from "./end-forbidden-message";
import { endLateMessage } from "./end-late-message";
import { endUnsent } from "./end-unsent";
import { readAttachedId } from "./files/read-attached-id";
import { readUploadedId } from "./files/store";
import { waitForFile } from "./files/wait-for-file";
import { insertWake } from "./insert-wake";
import { isStopped } from "./is-stopped";
import { readSendingNumber, type SendingNumber } from "./numbers/store";
import { pairPacing } from "./pair-pacing";
import { passWake } from "./pass-wake";
import { hasPendingEvent } from "./recovery/store";
import {
  addDeferredWakes,
  insertEvent,
  listAliases,
  listUnfinished,
  lockConversation,
  setPacedUntil,
  updateMessage,
  type MessageRow,
  type SendingConversation,
} from "./store";

/** A message that this run, and no other, may send now. */
export interface Claim {
  readonly message: MessageRow;
  readonly attempt: number;
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly address: Address;
  /** Meta's, of the file that goes with it. */
  readonly waMediaId: string | undefined;
  /** Inngest's. */
  readonly runId: string | undefined;
}

/** What a claim looks at, under the conversation's lock. */
interface Situation {
  readonly tx: Transaction;
  readonly now: Date;
  readonly conversation: SendingConversation;
  readonly number: SendingNumber;
  readonly runId: string | undefined;
}

// Beyond the time that the POST may take: the answer must be stored before another process looks.
const CLAIM_MARGIN_MS = 10_000;
const LOOK_AHEAD = 50;
// A wake-up for a given time may come a little early by the clock of another host.
const CLOCK_TOLERANCE_MS = 250;

/**
 * Claims the oldest message of a conversation that may be sent now, which need not be the one that woke the
 * run. The attempt is recorded before the POST leaves, so that a crash can never hide one. Nothing is
 * claimed while an older message is on its way or waits for its next attempt; an uncertain one is passed. Nothing either
 * on a number that is paused or disabled, while the number or the person has had as much as Meta takes, or before Meta has the
 * message's file.
 */
export async function claimMessage(
  ctx: SystemContext,
  conversationId: string,
  runId?: string,
): Promise<Claim | undefined> {
  return ctx.database.asSystem(async (tx) => {
    const conversation = await lockConversation(tx, conversationId);
    // After the lock: whoever resumes the number takes it too, once the number is resumed.
    const number = conversation && (await readSendingNumber(tx, conversation.phoneNumberId));
    if (!conversation || !number) return undefined;
    const situation: Situation = { tx, now: ctx.clock.now(), conversation, number, runId };
    const head = await findHead(ctx, situation, conversationId);
    if (!head) return undefined;
    if (head.status === "sending" || isStopped(number)) await addDeferredWakes(tx, conversationId, 1);
    else if (!isDue(head, situation.now)) await comeAgain(situation, head);
    else {
      const startAt = readStartTime(ctx, situation);
      if (startAt <= situation.now) return startAttempt(ctx, situation, head);
      // This run's wake-up is the one that comes back then; those of the messages behind it are deferred meanwhile.
      await updateMessage(tx, head.id, { nextAttemptAt: startAt });
      await insertWake(tx, "wa/message.queued", head, startAt);
    }
    return undefined;
  });
}

/** Something older is in the way: its next attempt. Its own wake-up clears it, and passes this one on. */
async function comeAgain({ tx, now }: Situation, head: MessageRow): Promise<void> {
  const { nextAttemptAt, conversationId } = head;
  if (!nextAttemptAt || (await hasPendingEvent(tx, "wa/message.queued", head.id, now))) {
    await addDeferredWakes(tx, conversationId, 1);
  } else {
    // This was it, too early by the clock of this host.
    await insertWake(tx, "wa/message.queued", head, nextAttemptAt);
  }
}

/** When the number and the person have had so little that the next attempt may begin. */
function readStartTime(ctx: SystemContext, { conversation, number }: Situation): Date {
  const pairAt = ctx.config.pairRate ? pairPacing.nextAt(conversation.pacedUntil) : null;
  return new Date(Math.max(pairAt?.getTime() ?? 0, number.throttledUntil?.getTime() ?? 0));
}

/** The message that is next, after those have been ended whose time has passed, or whose sender may not send any more. */
async function findHead(
  ctx: SystemContext,
  { tx, now, conversation }: Situation,
  conversationId: string,
): Promise<MessageRow | undefined> {
  for (const message of await listUnfinished(tx, conversationId, LOOK_AHEAD)) {
    if (await endLateMessage(ctx, tx, message, conversation, now)) continue;
    if (!(await endForbiddenMessage(tx, message, now))) return message;
  }
  return undefined;
}

async function startAttempt(
  ctx: SystemContext,
  { tx, now, conversation, number, runId }: Situation,
  message: MessageRow,
): Promise<Claim | undefined> {
  const address = chooseAddress(await listAliases(tx, message.contactId));
  if (!address) {
    const error = { reason: "the contact has no address any more", advice: ERROR_ADVICE.recipient };
    await endUnsent(tx, message, "failed", error, now);
    await passWake(tx, message.conversationId, now);
    return undefined;
  }
  const mediaId = readAttachedId(message);
  const waMediaId = mediaId && (await readUploadedId(tx, mediaId, now));
  if (mediaId && !waMediaId) {
    await waitForFile(tx, message, mediaId, now);
    return undefined;
  }
  const attempt = message.attempts + 1;
  await updateMessage(tx, message.id, {
    status: "sending",
    attempts: attempt,
    attemptedAt: now,
    claimExpiresAt: new Date(now.getTime() + ctx.config.graph.timeoutMs + CLAIM_MARGIN_MS),
    nextAttemptAt: null,
  });
  if (ctx.config.pairRate) {
    await setPacedUntil(tx, message.conversationId, pairPacing.afterAttempt(conversation.pacedUntil, now));
  }
  await insertEvent(tx, message, "sending", now, {
    detail: { attempt, ...(runId ? { run_id: runId } : {}) },
  });
  const { waPhoneNumberId, portfolioId } = number;
  return { message, attempt, waPhoneNumberId, portfolioId, address, waMediaId, runId };
}

function isDue({ nextAttemptAt }: MessageRow, now: Date): boolean {
  return nextAttemptAt === null || nextAttemptAt.getTime() <= now.getTime() + CLOCK_TOLERANCE_MS;
}

// Exactly as Meta names the contact, where it has; what a caller typed comes last. A BSUID only without a phone.
function chooseAddress(aliases: { kind: string; value: string }[]): Address | undefined {
  const find = (kind: string) => aliases.find((alias) => alias.kind === kind)?.value;
  const phone = find("wa_id") ?? find("phone_input");
  if (phone) return { kind: "phone", value: phone };
  const bsuid = find("bsuid") ?? find("parent_bsuid");
  return bsuid ? { kind: "bsuid", value: bsuid } : undefined;
}
