import { byId, element } from "./elements.js";
import { initials, phoneNumber, shortTime, tintOf } from "./format.js";
import { sortedContacts } from "./store.js";
import { summary } from "./summary.js";

/**
 * Draws the list of people.
 * @param {(waId: string) => Promise<void>} open it shows its trouble itself
 */
export function drawPeople(open) {
  const people = sortedContacts();
  byId("people-empty").hidden = people.length > 0;
  byId("people").hidden = people.length === 0;
  const focused = document.activeElement?.getAttribute("data-wa-id");
  byId("people").replaceChildren(...people.map((contact) => row(contact, open)));
  // The list is drawn anew whenever something happens; whoever walks it by keyboard must not lose the place.
  if (focused)
    byId("people")
      .querySelector(`[data-wa-id="${CSS.escape(focused)}"]`)
      ?.focus();
}

function row(contact, open) {
  const last = newestMessage(contact);
  const unread = contact.chats.reduce((sum, chat) => sum + chat.unread, 0);
  const button = element(
    "button",
    "person",
    element("span", `avatar ${tintOf(contact.wa_id)}`, initials(contact.name)),
    element("span", "person-name", contact.name),
    element("span", "person-time", last === null ? "" : shortTime(last.at)),
    element("span", "person-last", lastLine(contact, last)),
    ...(unread > 0 ? [badge(unread)] : []),
  );
  button.type = "button";
  button.dataset.waId = contact.wa_id;
  button.addEventListener("click", () => void open(contact.wa_id).catch(() => {}));
  return element("li", "", button);
}

function badge(unread) {
  const made = element("span", "badge", unread > 99 ? "99+" : String(unread));
  made.setAttribute("aria-label", `${unread} unread`);
  return made;
}

function lastLine(contact, last) {
  if (last === null) return phoneNumber(contact.wa_id);
  return last.author === "person" ? `You: ${summary(last)}` : summary(last);
}

function newestMessage(contact) {
  let newest = null;
  for (const { last_message: last } of contact.chats) {
    if (last !== null && (newest === null || last.at >= newest.at)) newest = last;
  }
  return newest;
}
