import { byId } from "./elements.js";

/**
 * Wires the text field: Enter sends, Shift+Enter makes a new line.
 * @param {(text: string) => Promise<void>} send
 */
export function setUpComposer(send) {
  const form = /** @type {HTMLFormElement} */ (byId("composer"));
  const draft = /** @type {HTMLTextAreaElement} */ (byId("draft"));
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
    draft.value = "";
    try {
      await send(text);
    } catch {
      draft.value = text;
    }
    draft.focus();
  });
}
