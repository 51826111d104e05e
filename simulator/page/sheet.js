import { byId } from "./elements.js";

/** @type {HTMLElement | null} */
let before = null;

/**
 * Slides something up from the phone's lower edge. What lies behind cannot be reached until it goes.
 * @param {string} title
 * @param {...Node} children
 */
export function openSheet(title, ...children) {
  before = /** @type {HTMLElement | null} */ (document.activeElement);
  byId("sheet-title").textContent = title;
  byId("sheet-body").replaceChildren(...children);
  byId("sheet").hidden = false;
  byId("chat-screen").inert = true;
  const first = byId("sheet-body").querySelector("button, input, textarea, a");
  (first ?? byId("sheet-close")).focus();
}

/** @returns {boolean} true when there was something to close */
export function closeSheet() {
  if (byId("sheet").hidden) return false;
  byId("sheet").hidden = true;
  byId("sheet-body").replaceChildren();
  byId("chat-screen").inert = false;
  if (before?.isConnected) before.focus();
  return true;
}

/** Wires the ways out of a sheet. */
export function setUpSheet() {
  byId("sheet-close").addEventListener("click", closeSheet);
  byId("sheet").addEventListener("click", ({ target }) => target === byId("sheet") && closeSheet());
}
