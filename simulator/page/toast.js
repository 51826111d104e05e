import { byId } from "./elements.js";

const SHOWN_MS = 5000;

/**
 * Shows a line about trouble; an empty one takes it away.
 * @param {string} text
 * @param {boolean} [stays]
 */
export function toast(text, stays = false) {
  const box = byId("toast");
  box.textContent = text;
  box.hidden = text === "";
  if (!stays && text !== "") setTimeout(() => box.textContent === text && (box.hidden = true), SHOWN_MS);
}

/**
 * Waits for a call and shows its trouble, if it has any.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(error.message);
    throw error;
  }
}
