import { bubble } from "./bubble.js";
import { byId, element } from "./elements.js";
import { dayName, initials, phoneNumber } from "./format.js";
import { applyEffect, isEffect, readEffects } from "./effects.js";
import { ladder } from "./ladder.js";
import { store } from "./store.js";
import { ticks } from "./ticks.js";

// A load test can put ten thousand messages into a chat; a phone shows the last ones.
const SHOWN = 300;

let typingEnds = 0;

/** Draws the open chat from scratch. */
export function drawChat() {
  if (store.open === null) return;
  drawHeader();
  const list = byId("messages");
  list.replaceChildren();
  readEffects();
  const shown = [...store.messages.values()].filter((message) => !isEffect(message)).slice(-SHOWN);
  for (const message of shown) list.append(...withDay(message, list));
  list.scrollTop = list.scrollHeight;
}

/** Draws one more message at the end. */
export function appendMessage(message) {
  const list = byId("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  if (message.author === "business") showTyping(0);
  if (isEffect(message)) {
    const target = store.messages.get(applyEffect(message) ?? "");
    if (target !== undefined) updateMessage(target);
    return;
  }
  list.append(...withDay(message, list));
  while (list.childElementCount > SHOWN * 2) list.firstElementChild?.remove();
  if (atEnd || message.author === "person") list.scrollTop = list.scrollHeight;
}

/** Draws the ticks of a message anew; the rest stays, so that a film or a sound plays on. */
export function updateStatus(message) {
  const item = byId("messages").querySelector(`[data-wamid="${CSS.escape(message.wamid)}"]`);
  if (message.status === "failed" || item === null) {
    updateMessage(message);
    return;
  }
  item.querySelector(".meta .ticks")?.replaceWith(ticks(message.status));
  item.querySelector(".ladder")?.replaceWith(ladder(message.status));
  item.querySelector(".sound-sign")?.classList.toggle("played", message.status === "played");
}

/** Draws a message again that something has been done to. */
export function updateMessage(message) {
  const old = byId("messages").querySelector(`[data-wamid="${CSS.escape(message.wamid)}"]`);
  if (old === null) return;
  const fresh = bubble(message, find);
  if (old.classList.contains("turn")) fresh.classList.add("turn");
  fresh.dataset.day = old.dataset.day;
  old.replaceWith(fresh);
}

/** Shows that the business is typing, for so many milliseconds. */
export function showTyping(ms) {
  typingEnds = Date.now() + ms;
  drawLine();
  if (ms > 0) setTimeout(drawLine, ms + 50);
}

/** The element or two for a message: before the first of a day, the day's name. */
function withDay(message, list) {
  const item = bubble(message, find);
  const last = list.lastElementChild;
  const side = message.author === "person" ? "from-person" : "from-business";
  if (!last?.classList.contains(side)) item.classList.add("turn");
  item.dataset.day = dayName(message.at);
  const previous = [...list.querySelectorAll("[data-day]")].at(-1)?.dataset.day;
  return previous === item.dataset.day ? [item] : [element("li", "day", item.dataset.day), item];
}

function drawHeader() {
  const { waId, numberId } = store.open;
  const number = store.state.numbers.find(({ id }) => id === numberId);
  const contact = store.contacts.get(waId);
  byId("business-name").textContent = number?.verified_name ?? "Business";
  byId("business-avatar").textContent = initials(number?.verified_name ?? "B");
  byId("holder").textContent = `You hold ${contact?.name ?? ""}'s phone, ${phoneNumber(waId)}`;
  drawLine();
  const select = byId("number");
  select.hidden = store.state.numbers.length < 2;
  select.replaceChildren(
    ...store.state.numbers.map(({ id, display_phone_number: display }) => {
      const choice = element("option", "", phoneNumber(display));
      choice.value = id;
      choice.selected = id === numberId;
      return choice;
    }),
  );
}

function drawLine() {
  const number = store.state?.numbers.find(({ id }) => id === store.open?.numberId);
  const rest = number === undefined ? "" : `Business · ${phoneNumber(number.display_phone_number)}`;
  byId("business-line").textContent = Date.now() < typingEnds ? "typing…" : rest;
}

function find(wamid) {
  return store.messages.get(wamid);
}
