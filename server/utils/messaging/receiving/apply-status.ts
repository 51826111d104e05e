import type { Transaction } from "#db/client";
import type { StatusUpdate } from "../../meta/status-update";
import { explainStatusError } from "../../meta/explain-status-error";
import { readStatusChange } from "../read-status-change";
import { heedFailedStatus } from "../sending/heed-failed-status";
import { passWake } from "../sending/pass-wake";
import { forgetFailedFile } from "../sending/files/forget-failed-file";
import { heedClosedWindow } from "../sending/window/heed-closed-window";
import { noteArrival } from "../sending/window/store";
import {
  countUncertainAttempts,
  lockConversation,
  lockMessage,
  lockWamid,
  updateMessage,
  type MessageRow,
} from "../sending/store";
import { adoptParked } from "./adopt-parked";
import { findSentMessage, insertStatusEvent } from "./store";

const ARRIVED: ReadonlySet<string> = new Set(["delivered", "read", "played"]);

/**
 * Applies what Meta reports about a message. Every report is kept once; the message's status only climbs.
 * A report for a message that nobody here sent stays parked until its wamid becomes known.
 *
 * @returns false when the message became known in just this moment: nothing was done, and a new transaction will find it
 */
export async function applyStatus(
  tx: Transaction,
  phoneNumberId: string,
  reported: StatusUpdate,
  now: Date,
): Promise<boolean> {
  // From here on in our words: Meta's may hold a number.
  const error = reported.error && explainStatusError(reported.error);
  const update: StatusUpdate = { ...reported, error: error && { ...error } };
  const found = await findSentMessage(tx, phoneNumberId, update);
  if (!found) return parkStatus(tx, phoneNumberId, update);
  // The conversation first, as in a claim, or the two could wait for each other.
  await lockConversation(tx, found.conversationId);
  const message = await lockMessage(tx, found.id);
  const eventId = await insertStatusEvent(tx, phoneNumberId, message?.id ?? null, update);
  if (!eventId || !message) return true;
  const isRepeated = await repeatsRefusal(tx, message, update);
  if (!isRepeated) {
    await updateMessage(tx, message.id, readStatusChange(message, update));
  }
  // It carried our id, and now Meta's is known, under which others may have come before.
  if (!message.wamid) await adoptParked(tx, phoneNumberId, update.wamid, message.id);
  if (error && update.status === "failed") {
    await heedClosedWindow(tx, message, { error, occurredAt: update.occurredAt, now });
    await heedFailedStatus(tx, phoneNumberId, { error, occurredAt: update.occurredAt }, now);
    // The answer's upload is forgotten already, and there may be another by now.
    if (!isRepeated) await forgetFailedFile(tx, message, error);
  }
  if (ARRIVED.has(update.status)) await heedArrival(tx, message);
  // It was on its way, and whoever sent it may be gone; or it waited for its next attempt, and others behind it: then nobody
  // else clears the way for the next.
  if (message.status === "sending" || message.status === "queued")
    await passWake(tx, message.conversationId, now);
  return true;
}

// Whoever learns the wamid takes the same lock before looking for parked statuses. So either he sees this one, or it sees his
// message. Nothing else is locked after it: he holds the conversation already.
async function parkStatus(tx: Transaction, phoneNumberId: string, update: StatusUpdate): Promise<boolean> {
  await lockWamid(tx, phoneNumberId, update.wamid);
  if (await findSentMessage(tx, phoneNumberId, update)) return false;
  await insertStatusEvent(tx, phoneNumberId, null, update);
  return true;
}

// A template arrives whether the window is open or not.
async function heedArrival(
  tx: Transaction,
  { type, conversationId, attemptedAt }: Pick<MessageRow, "type" | "conversationId" | "attemptedAt">,
): Promise<void> {
  if (type !== "template" && attemptedAt) await noteArrival(tx, conversationId, attemptedAt);
}

// Meta may say a refusal twice: in its answer, and as a report. The answer has put the message back into the queue, where it
// waits for what it was refused for.
async function repeatsRefusal(tx: Transaction, message: MessageRow, update: StatusUpdate): Promise<boolean> {
  if (update.status !== "failed" || message.status !== "queued" || message.attempts === 0) return false;
  return (await countUncertainAttempts(tx, message.id)) === 0;
}
