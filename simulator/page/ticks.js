const SVG = "http://www.w3.org/2000/svg";
const PATHS = { one: "m5 7 3 3 6-8", two: "m1 7 3 3 6-8 m-3 6.500 2 2 6-8.500" };

/** What a screen reader says for a status. */
const LABELS = {
  accepted: "accepted",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "played",
  failed: "failed",
};

/**
 * Ticks for a status: one for sent, two for delivered, two in blue for read.
 * @param {string} status
 * @returns {SVGElement}
 */
export function ticks(status) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 18 12");
  picture.setAttribute("class", `ticks ${status}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", LABELS[status] ?? status);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ["delivered", "read", "played"].includes(status) ? PATHS.two : PATHS.one);
  path.setAttribute("fill", "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "1.6");
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
  picture.append(path);
  return picture;
}
