import type { InboundMessage } from "../../meta/inbound-message";
import { asList, asObject, asText } from "../../meta/json";
import { NO_MESSAGE_TYPES } from "../no-message-types";
import { isUnreadableEdit } from "./is-unreadable-edit";

// "Currently unavailable": not yet the person's message, and sometimes none (reference 5.1).
const UNAVAILABLE = "131060";

/** Whether a person's message opens the 24-hour window. What nobody here can read is a message as well. */
export function opensWindow(message: Pick<InboundMessage, "type" | "content">): boolean {
  if (NO_MESSAGE_TYPES.includes(message.type) || isUnreadableEdit(message)) return false;
  return !asList(message.content.errors).some((error) => asText(asObject(error).code) === UNAVAILABLE);
}
