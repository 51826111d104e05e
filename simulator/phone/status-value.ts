import type { BusinessNumber } from "../core/business-number";
import { conversationIdOf } from "../core/ids";
import type { JsonObject } from "../core/json-object";
import type { Settings } from "../core/settings";
import { contactCard } from "./contact-card";
import type { Contact } from "./contact-book";
import type { MessageStatus, PhoneMessage } from "./phone-message";

const HELP = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/";
const DAY_S = 24 * 3600;

/** The `value` of a status webhook (reference 3.6). */
export function statusValue(
  number: BusinessNumber,
  contact: Contact,
  message: PhoneMessage,
  status: MessageStatus,
  settings: Settings,
): JsonObject {
  const at = Math.floor((message.history[status] ?? message.at) / 1000);
  const failed = status === "failed";
  const byPhone = message.addressedBy !== "user_id";
  const userIds = settings.include_user_ids;
  const data = message.bizOpaqueCallbackData;
  return {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: number.displayNumber, phone_number_id: number.id },
    // The username comes with delivered and read, not with sent; `failed` has no contacts (reference 1.4).
    ...(userIds && !failed ? { contacts: [contactCard(contact, settings, status !== "sent")] } : {}),
    statuses: [
      {
        id: message.wamid,
        status,
        timestamp: String(at),
        ...(byPhone || !contact.phoneHidden ? { recipient_id: contact.waId } : {}),
        ...(userIds && !(failed && byPhone) ? { recipient_user_id: contact.userId } : {}),
        ...(status === "sent" || status === "delivered" ? charge(message, status, at, settings) : {}),
        ...(failed ? { errors: [failure(message)] } : {}),
        ...(data === undefined ? {} : { biz_opaque_callback_data: data }),
      },
    ],
  };
}

/** What Meta says about the price; inside the window it is nothing. */
function charge(message: PhoneMessage, status: MessageStatus, at: number, settings: Settings): JsonObject {
  const template = message.type === "template";
  const category = template ? (message.template?.category ?? "utility").toLowerCase() : "service";
  const pricing = {
    billable: template,
    pricing_model: "PMP",
    category,
    type: template ? "regular" : "free_customer_service",
  };
  if (!settings.include_conversation) return { pricing };
  const conversation = {
    id: conversationIdOf(message.wamid),
    ...(status === "sent" ? { expiration_timestamp: String(at + DAY_S) } : {}),
    origin: { type: category },
  };
  return { conversation, pricing };
}

function failure(message: PhoneMessage): JsonObject {
  const { code, title, details } = message.failure ?? {
    code: 131000,
    title: "Something went wrong",
    details: "",
  };
  return { code, title, message: title, error_data: { details }, href: HELP };
}
