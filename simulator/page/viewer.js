import { byId } from "./elements.js";

/**
 * Shows a picture on the whole screen of the phone.
 * @param {string} source
 * @param {string} caption
 */
export function openViewer(source, caption) {
  const image = /** @type {HTMLImageElement} */ (byId("viewer-image"));
  image.src = source;
  image.alt = caption || "Photo";
  byId("viewer-caption").textContent = caption;
  byId("viewer").hidden = false;
  byId("viewer-close").focus();
}

/** @returns {boolean} true when there was something to close */
export function closeViewer() {
  if (byId("viewer").hidden) return false;
  byId("viewer").hidden = true;
  return true;
}

/** Wires the viewer's way out. */
export function setUpViewer() {
  byId("viewer").addEventListener("click", closeViewer);
}
