import type { Transaction } from "#db/client";
import type { StatusUpdate } from "../../meta/status-update";
import { updateMessage, type MessageChange, type MessageRow } from "../sending/store";
import { climb, type MessageStatus } from "../status-ladder";
import { insertStatusEvent, lockSentMessage } from "./store";

/**
 * Applies what Meta reports about a message. Every report is kept once; the message's status only climbs.
 * A report for a message that nobody here sent stays parked.
 */
export async function applyStatus(
  tx: Transaction,
  phoneNumberId: string,
  update: StatusUpdate,
): Promise<void> {
  const message = await lockSentMessage(tx, phoneNumberId, update);
  const eventId = await insertStatusEvent(tx, phoneNumberId, message?.id ?? null, update);
  if (!eventId || !message) return;
  await updateMessage(tx, message.id, readChange(message, update));
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
