import { drawTrail } from "./business-pane.js";
import { appendMessage, showTyping, updateStatus } from "./chat-view.js";
import { drawPeople } from "./people-list.js";
import { openChat, pollState, reload, whenSettled } from "./session.js";
import { chatOf, isFurther, isOpenChat, store } from "./store.js";

// Meta's typing indicator goes away after 25 seconds at the latest.
const TYPING_MS = 25_000;

const HANDLERS = {
  "message.added": onAdded,
  "message.status": onStatus,
  "contact.changed": () => later(reload),
  "settings.changed": () => later(pollState),
  reset: () => later(reload),
  typing: (data) => isOpenChat(data) && showTyping(TYPING_MS),
};

const drawListSoon = throttled(() => drawPeople(openChat));
const drawTrailSoon = throttled(drawTrail);

/**
 * Brings an event from the simulator onto the screen.
 * @param {{ type: string, data: any }} event
 */
export function happen({ type, data }) {
  whenSettled(() => HANDLERS[type]?.(data));
}

/**
 * Runs something whose failure the live stream will make good.
 * @param {() => Promise<void>} run
 */
export function later(run) {
  run().catch(() => {});
}

function onAdded(message) {
  const chat = chatOf(message.wa_id, message.phone_number_id);
  if (chat === undefined) {
    later(reload);
    return;
  }
  const onScreen = isOpenChat(message);
  // What was read after the event happened holds the message already.
  if (chat.last_message === null || chat.last_message.seq < message.seq) {
    chat.last_message = message;
    const seen = onScreen && !document.hidden;
    if (message.author === "business" && message.arrived && message.type !== "reaction" && !seen)
      chat.unread += 1;
    drawListSoon();
  }
  if (!onScreen || store.messages.has(message.wamid)) return;
  store.messages.set(message.wamid, message);
  appendMessage(message);
  drawTrailSoon();
}

function onStatus(change) {
  const chat = chatOf(change.wa_id, change.phone_number_id);
  if (change.author === "business" && change.status === "read" && chat !== undefined && !isOpenChat(change)) {
    chat.unread = Math.max(0, chat.unread - 1);
    drawListSoon();
  }
  const message = isOpenChat(change) ? store.messages.get(change.wamid) : undefined;
  if (message === undefined) return;
  message.history[change.status] = change.at;
  if (isFurther(change.status, message.status)) message.status = change.status;
  updateStatus(message);
  drawTrailSoon();
}

/** Under load the page draws at most ten times a second. */
function throttled(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      draw();
    }, 100);
  };
}
