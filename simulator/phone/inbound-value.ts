import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { Settings } from "../core/settings";
import { contactCard } from "./contact-card";
import type { Contact } from "./contact-book";

/** The `value` of a webhook that carries a person's message (reference 3.5). */
export function inboundValue(
  number: BusinessNumber,
  contact: Contact,
  message: JsonObject,
  settings: Settings,
): JsonObject {
  const value: JsonObject = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: number.displayNumber, phone_number_id: number.id },
    contacts: [contactCard(contact, settings, true)],
    messages: [
      {
        ...(contact.phoneHidden ? {} : { from: contact.waId }),
        ...(settings.include_user_ids ? { from_user_id: contact.userId } : {}),
        ...message,
      },
    ],
  };
  // System messages come without contacts (reference 3.5).
  if (message.type === "system") delete value.contacts;
  return value;
}
