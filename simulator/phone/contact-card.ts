import type { JsonObject } from "../core/json-object";
import type { Settings } from "../core/settings";
import type { Contact } from "./contact-book";

/** An element of a webhook's `contacts`. A hidden number leaves `wa_id` out (reference 1.4). */
export function contactCard(contact: Contact, settings: Settings, withUsername: boolean): JsonObject {
  const profile: JsonObject = { name: contact.name };
  const userIds = settings.include_user_ids;
  if (userIds && withUsername && contact.username !== undefined) profile.username = contact.username;
  return {
    profile,
    ...(contact.phoneHidden ? {} : { wa_id: contact.waId }),
    ...(userIds ? { user_id: contact.userId } : {}),
  };
}
