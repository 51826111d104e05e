import type { EventBus } from "../core/event-bus";
import type { MessageStatus, PhoneMessage } from "./phone-message";

/** Tells the page and tests that a message has reached a status. */
export function publishStatus(bus: EventBus, message: PhoneMessage, status: MessageStatus): void {
  bus.publish("message.status", () => ({
    wamid: message.wamid,
    author: message.author,
    phone_number_id: message.phoneNumberId,
    wa_id: message.waId,
    status,
    at: message.history[status],
  }));
}
