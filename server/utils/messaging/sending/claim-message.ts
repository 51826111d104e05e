import type { Transaction } from "#db/client";
import type { SystemContext } from "../../context";
import type { Address } from "../../meta/message-payload";
import { passWake } from "./pass-wake";
import { recordOutcome } from "./record-outcome";
import {
  addDeferredWakes,
  hadUncertainAttempt,
  insertEvent,
  listAliases,
  listUnfinished,
  lockConversation,
  readSendingNumber,
  updateMessage,
  type MessageRow,
} from "./store";

/** A message that this run, and no other, may send now. */
export interface Claim {
  readonly message: MessageRow;
  readonly attempt: number;
  readonly waPhoneNumberId: string;
  readonly portfolioId: string;
  readonly address: Address;
}

// Beyond the time that the POST may take: the answer must be stored before another process looks.
const CLAIM_MARGIN_MS = 10_000;
const LOOK_AHEAD = 50;
// A wake-up for a given time may come a little early by the clock of another host.
const CLOCK_TOLERANCE_MS = 250;

/**
 * Claims the oldest message of a conversation that may be sent now, which need not be the one that woke the
 * run. The attempt is recorded before the POST leaves, so that a crash can never hide one. Nothing is
 * claimed while an older message is on its way or waits for its next attempt; an uncertain one is passed.
 */
export async function claimMessage(ctx: SystemContext, conversationId: string): Promise<Claim | undefined> {
  return ctx.database.asSystem(async (tx) => {
    if (!(await lockConversation(tx, conversationId))) return undefined;
    const now = ctx.clock.now();
    for (const message of await listUnfinished(tx, conversationId, LOOK_AHEAD)) {
      if (message.status === "queued" && message.expiresAt && message.expiresAt <= now) {
        await expireMessage(tx, message, now);
        continue;
      }
      if (message.status === "sending" || !isDue(message, now)) {
        // Something older is in the way. Whatever clears it passes this wake-up on.
        await addDeferredWakes(tx, conversationId, 1);
        return undefined;
      }
      return startAttempt(ctx, tx, message, now);
    }
    return undefined;
  });
}

async function startAttempt(
  ctx: SystemContext,
  tx: Transaction,
  message: MessageRow,
  now: Date,
): Promise<Claim | undefined> {
  const number = await readSendingNumber(tx, message.phoneNumberId);
  const address = chooseAddress(await listAliases(tx, message.contactId));
  if (!number || !address) {
    const error = { reason: "the contact has no address any more" };
    await updateMessage(tx, message.id, { status: "failed", failedAt: now, error });
    await recordOutcome(tx, message, "failed", now, { error });
    await passWake(tx, message.conversationId, now);
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
  await insertEvent(tx, message, "sending", now, { detail: { attempt } });
  const { waPhoneNumberId, portfolioId } = number;
  return { message, attempt, waPhoneNumberId, portfolioId, address };
}

function isDue({ nextAttemptAt }: MessageRow, now: Date): boolean {
  return nextAttemptAt === null || nextAttemptAt.getTime() <= now.getTime() + CLOCK_TOLERANCE_MS;
}

async function expireMessage(tx: Transaction, message: MessageRow, now: Date): Promise<void> {
  // After an attempt that nobody knows the end of, "not sent" would be a lie.
  const mayHaveArrived = await hadUncertainAttempt(tx, message.id);
  const status = mayHaveArrived ? "unknown" : "expired";
  const error = {
    reason: mayHaveArrived ? "its time is up, and it may have arrived" : "it was not sent before it expired",
  };
  await updateMessage(tx, message.id, { status, error });
  await recordOutcome(tx, message, status, now, { error });
}

// Exactly as Meta names the contact, where it has; what a caller typed comes last. A BSUID only without a phone.
function chooseAddress(aliases: { kind: string; value: string }[]): Address | undefined {
  const find = (kind: string) => aliases.find((alias) => alias.kind === kind)?.value;
  const phone = find("wa_id") ?? find("phone_input");
  if (phone) return { kind: "phone", value: phone };
  const bsuid = find("bsuid") ?? find("parent_bsuid");
  return bsuid ? { kind: "bsuid", value: bsuid } : undefined;
}
