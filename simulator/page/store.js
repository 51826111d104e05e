/** What the page knows. Only `session.js` and `happenings.js` change it. */
export const store = {
  /** @type {any} */
  state: null,
  /** @type {Map<string, any>} by wa_id */
  contacts: new Map(),
  /** @type {{ waId: string, numberId: string } | null} the chat on the screen */
  open: null,
  /** @type {Map<string, any>} the open chat's messages by wamid, oldest first */
  messages: new Map(),
  /** @type {Map<string, any>} reactions, edits and deletions by the wamid they are about */
  effects: new Map(),
  /** @type {any} the message the next one quotes */
  replyTo: null,
};

/**
 * The chat of a contact with a number, as the list shows it.
 * @param {string} waId
 * @param {string} numberId
 */
export function chatOf(waId, numberId) {
  return store.contacts.get(waId)?.chats.find((chat) => chat.phone_number_id === numberId);
}

/** True when the event's message belongs to the chat on the screen. */
export function isOpenChat({ wa_id: waId, phone_number_id: numberId }) {
  return store.open !== null && store.open.waId === waId && store.open.numberId === numberId;
}

/** The contacts, those with the newest message first. */
export function sortedContacts() {
  const newest = (contact) => Math.max(0, ...contact.chats.map((chat) => chat.last_message?.at ?? 0));
  return [...store.contacts.values()].sort((left, right) => newest(right) - newest(left));
}

const RANKS = { accepted: 0, sent: 1, delivered: 2, read: 3, played: 4, failed: 5 };

/**
 * True when a status is further along than another one.
 * @param {string} next
 * @param {string} current
 */
export function isFurther(next, current) {
  return RANKS[next] > RANKS[current];
}
