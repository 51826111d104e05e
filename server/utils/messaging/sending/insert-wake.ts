import type { Transaction } from "#db/client";
import { insertOutboxEvent } from "../../outbox/store";

/** Has a function look at a message at a given time, by an event committed with the change that asks for it. */
export async function insertWake(
  tx: Transaction,
  name: "wa/message.queued" | "wa/message.uncertain",
  message: { readonly id: string; readonly phoneNumberId: string; readonly conversationId: string },
  availableAt: Date,
): Promise<void> {
  const data = {
    message_id: message.id,
    phone_number_id: message.phoneNumberId,
    conversation_id: message.conversationId,
  };
  await insertOutboxEvent(tx, { name, data, availableAt });
}
