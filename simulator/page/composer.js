import { byId } from "./elements.js";
import { store } from "./store.js";
import { summary } from "./summary.js";

/**
 * Wires the text field: Enter sends, Shift+Enter makes a new line.
 * @param {(text: string, reply: { reply_to?: string }) => Promise<void>} send
 */
export function setUpComposer(send) {
  const form = /** @type {HTMLFormElement} */ (byId("composer"));
  const draft = /** @type {HTMLTextAreaElement} */ (byId("draft"));
  byId("reply-cancel").addEventListener("click", () => {
    takeReply();
    draft.focus();
  });
  draft.addEventListener("keydown", (event) => {
    // While a word is being composed (Japanese, Chinese, ...), Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = draft.value.trim();
    if (text === "") return;
    const quoted = store.replyTo;
    draft.value = "";
    try {
      await send(text, takeReply());
    } catch {
      draft.value = text;
      if (quoted !== null) startReply(quoted);
    }
    draft.focus();
  });
}

/**
 * The next message quotes this one.
 * @param {any} message
 */
export function startReply(message) {
  store.replyTo = message;
  byId("reply-author").textContent = message.author === "person" ? "You" : "Business";
  byId("reply-text").textContent = summary(message);
  byId("reply-bar").hidden = false;
  byId("draft").focus();
}

/**
 * What the next message quotes; with that it is used up.
 * @returns {{ reply_to?: string }}
 */
export function takeReply() {
  const quoted = store.replyTo;
  store.replyTo = null;
  byId("reply-bar").hidden = true;
  return quoted === null ? {} : { reply_to: quoted.wamid };
}
