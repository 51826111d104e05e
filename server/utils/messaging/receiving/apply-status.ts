import type { Transaction } from "#db/client";
import type { StatusUpdate } from "../../meta/status-update";
import { readStatusChange } from "../read-status-change";
import { passWake } from "../sending/pass-wake";
import { lockConversation, lockMessage, updateMessage } from "../sending/store";
import { findSentMessage, insertStatusEvent } from "./store";

/**
 * Applies what Meta reports about a message. Every report is kept once; the message's status only climbs.
 * A report for a message that nobody here sent stays parked.
 */
export async function applyStatus(
  tx: Transaction,
  phoneNumberId: string,
  update: StatusUpdate,
  now: Date,
): Promise<void> {
  const found = await findSentMessage(tx, phoneNumberId, update);
  // The conversation first, as in a claim, or the two could wait for each other.
  if (found) await lockConversation(tx, found.conversationId);
  const message = found && (await lockMessage(tx, found.id));
  const eventId = await insertStatusEvent(tx, phoneNumberId, message?.id ?? null, update);
  if (!eventId || !message) return;
  await updateMessage(tx, message.id, readStatusChange(message, update));
  // It was on its way, and whoever sent it may be gone: then nobody else clears the way for the next.
  if (message.status === "sending") await passWake(tx, message.conversationId, now);
}
