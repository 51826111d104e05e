import { api } from "./api.js";
import { drawQueue, drawTrail } from "./business-pane.js";
import { drawChat } from "./chat-view.js";
import { takeReply } from "./composer.js";
import { byId } from "./elements.js";
import { drawPeople } from "./people-list.js";
import { closeSheet } from "./sheet.js";
import { chatOf, store } from "./store.js";
import { attempt, toast } from "./toast.js";
import { closeViewer } from "./viewer.js";

let loads = 0;

/** @type {(() => void)[]} */
let held = [];

/**
 * Runs what an event asks for, once nothing is being read: an answer on its way may be older than the event and would
 * undo it.
 * @param {() => void} apply
 */
export function whenSettled(apply) {
  if (loads > 0) held.push(apply);
  else apply();
}

/** Reads everything anew, the open chat included. */
export function reload() {
  return loading(async () => {
    const [state, contacts] = await Promise.all([api.state(), api.contacts()]);
    store.state = state;
    store.contacts = new Map(contacts.map((contact) => [contact.wa_id, contact]));
    toast("");
    drawQueue(state);
    drawPeople(openChat);
    if (store.open === null) return;
    if (store.contacts.has(store.open.waId)) await openChat(store.open.waId, store.open.numberId);
    else closeChat();
  });
}

/** Reads the overview for the business's side. */
export async function pollState() {
  store.state = await api.state();
  drawQueue(store.state);
}

/**
 * Puts a chat on the screen.
 * @param {string} waId
 * @param {string} [numberId] default: the first number
 */
export function openChat(waId, numberId = store.state.numbers[0].id) {
  const before = store.open;
  if (before?.waId !== waId || before.numberId !== numberId) leaveChat();
  if (before !== null && (before.waId !== waId || before.numberId !== numberId)) tellOpen(false);
  store.open = { waId, numberId };
  return loading(async () => {
    const messages = await attempt(api.messages(waId, numberId));
    if (store.open?.waId !== waId || store.open.numberId !== numberId) return;
    store.messages = new Map(messages.map((message) => [message.wamid, message]));
    byId("list-screen").hidden = true;
    byId("chat-screen").hidden = false;
    drawChat();
    drawTrail();
    if (before === null) byId("draft").focus();
    tellOpen(!document.hidden);
  });
}

/** Goes back to the list. */
export function closeChat() {
  const waId = store.open?.waId;
  leaveChat();
  tellOpen(false);
  store.open = null;
  store.messages = new Map();
  byId("chat-screen").hidden = true;
  byId("list-screen").hidden = false;
  drawTrail();
  drawPeople(openChat);
  const row = [...document.querySelectorAll(".person")].find((person) => person.dataset.waId === waId);
  row?.focus();
}

/** What belongs to one chat only must not follow into the next. */
function leaveChat() {
  closeSheet();
  closeViewer();
  takeReply();
}

/**
 * Tells the simulator whether somebody looks at the chat now.
 * @param {boolean} open
 */
export function tellOpen(open) {
  if (store.open === null) return;
  const { waId, numberId } = store.open;
  const chat = chatOf(waId, numberId);
  if (open && chat !== undefined) chat.unread = 0;
  api.setOpen(waId, numberId, open).catch(() => {});
}

async function loading(read) {
  loads += 1;
  try {
    await read();
  } finally {
    loads -= 1;
    const waiting = loads === 0 ? held : [];
    if (loads === 0) held = [];
    for (const apply of waiting) apply();
  }
}
