import type { Transaction } from "#db/client";
import { insertOutboxEvent } from "../../outbox/store";

// An id of ours, and never words that somebody put in its place: Inngest keeps what it is handed.
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** A message that is to be looked at, by ids. */
export interface WakeTarget {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly conversationId: string;
  /** Of the call that queued it. */
  readonly requestId?: string | null;
}

/** Has a function look at a message at a given time, by an event committed with the change that asks for it. */
export async function insertWake(
  tx: Transaction,
  name: "wa/message.queued" | "wa/message.uncertain",
  message: WakeTarget,
  availableAt: Date,
): Promise<void> {
  const data = {
    message_id: message.id,
    phone_number_id: message.phoneNumberId,
    conversation_id: message.conversationId,
    ...(message.requestId && REQUEST_ID.test(message.requestId) ? { request_id: message.requestId } : {}),
  };
  await insertOutboxEvent(tx, { name, data, availableAt });
}
