import type { World } from "../core/world";
import type { Contact } from "../phone/contact-book";
import { describeMessage } from "../phone/describe-message";
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
      unread: thread.filter(
        (message) => message.author === "business" && message.arrived && message.status !== "read",
      ).length,
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
