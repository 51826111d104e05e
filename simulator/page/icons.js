const SVG = "http://www.w3.org/2000/svg";

/** Line drawings on a field of 24 by 24. */
const PATHS = {
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-7-5 15-3.500-6zM11.500 14 20 5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v5h4M10 13h5M10 17h5",
  microphone:
    "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4zM6 11a6 6 0 0 0 12 0M12 17v4",
  music:
    "M9 18V6l10-2v12M9 18a2.500 2.500 0 1 1-2.500-2.500A2.500 2.500 0 0 1 9 18zM19 16a2.500 2.500 0 1 1-2.500-2.500A2.500 2.500 0 0 1 19 16z",
  sticker: "M5 4h14v9l-6 7H5zM13 20v-7h6M9 9h.01M14 9h.01",
  pin: "M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  reply: "M10 6l-6 5 6 5v-3c5 0 8 1 10 5 0-6-4-9-10-9z",
  more: "M6 9l6 6 6-6",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  phone: "M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  pencil: "M4 20l1-5L16 4l4 4L9 19z",
  bin: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
};

/**
 * A small line drawing, only for the eye.
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", `icon icon-${name}`);
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  picture.append(path);
  return picture;
}
