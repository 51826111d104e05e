import type { World } from "../core/world";
import type { Contact } from "../phone/contact-book";
import { describeMessage } from "../phone/describe-message";
import type { PhoneMessage } from "../phone/phone-message";
import type { ContactState } from "./control-types";

/** A contact with its chats. */
export function describeContact(world: World, contact: Contact): ContactState {
  const chats = [...world.numbers.keys()].map((id) => {
    const thread = world.chats.thread(id, contact.waId);
    const last = thread.at(-1);
    return {
      phone_number_id: id,
      open: contact.openChats.has(id),
      window_closes_at: world.windows.closesAt(id, contact.waId) ?? null,
      unread: thread.filter(isUnread).length,
      last_message: last === undefined ? null : describeMessage(last),
    };
  });
  return {
    wa_id: contact.waId,
    name: contact.name,
    user_id: contact.userId,
    username: contact.username ?? null,
    phone_hidden: contact.phoneHidden,
    registered: contact.registered,
    fail_code: contact.failCode ?? null,
    aliases: contact.aliases,
    chats,
  };
}

// A reaction is never reported as read, and no phone counts it as a new message.
function isUnread({ author, arrived, type, status }: PhoneMessage): boolean {
  return author === "business" && arrived && type !== "reaction" && status !== "read" && status !== "played";
}
