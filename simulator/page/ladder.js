import { element } from "./elements.js";
import { ticks } from "./ticks.js";

/**
 * How far the business knows its message has come.
 * @param {string} status
 * @returns {HTMLElement}
 */
export function ladder(status) {
  const label = element("span", `ladder ${status}`, status);
  if (status !== "accepted") label.append(ticks(status));
  label.title = "How far the business knows this message has come";
  return label;
}
