import type { Transaction } from "#db/client";
import type { StatusUpdate } from "../../meta/status-update";
import { passWake } from "../sending/pass-wake";
import {
  lockConversation,
  lockMessage,
  updateMessage,
  type MessageChange,
  type MessageRow,
} from "../sending/store";
import { climb, type MessageStatus } from "../status-ladder";
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
  await updateMessage(tx, message.id, readChange(message, update));
  // It was on its way, and whoever sent it may be gone: then nobody else clears the way for the next.
  if (message.status === "sending") await passWake(tx, message.conversationId, now);
}

/** The change that a report makes to a message's row. */
function readChange(
  message: MessageRow,
  update: Pick<StatusUpdate, "wamid" | "status" | "occurredAt" | "error">,
): MessageChange {
  const status = climb(message.status as MessageStatus, update.status);
  return {
    status,
    // The report proves that Meta took the attempt, whether or not its answer ever reached us.
    wamid: message.wamid ?? update.wamid,
    uncertainAt: null,
    claimExpiresAt: status === "sending" ? message.claimExpiresAt : null,
    ...readTimestamp(message, update.status, update.occurredAt),
    ...(status === "failed" && update.error ? { error: update.error } : {}),
    ...(status !== "failed" && status !== message.status ? { error: null } : {}),
  };
}

// The first time counts: Meta repeats reports with the same time, several devices with later ones.
function readTimestamp(message: MessageRow, status: string, at: Date): MessageChange {
  switch (status) {
    case "sent":
      return { sentAt: message.sentAt ?? at };
    case "delivered":
      return { deliveredAt: message.deliveredAt ?? at };
    case "read":
      return { readAt: message.readAt ?? at };
    case "played":
      return { playedAt: message.playedAt ?? at };
    case "failed":
      return { failedAt: message.failedAt ?? at };
    default:
      return {};
  }
}
