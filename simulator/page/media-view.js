import { api } from "./api.js";
import { element } from "./elements.js";
import { fileSize, playTime } from "./format.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { openViewer } from "./viewer.js";

/** Where the page gets a message's file. */
const address = ({ media }) => `/control/media/${encodeURIComponent(media.id)}`;

/** A picture or a sticker; a tap opens the picture. */
export function picture(message) {
  if (message.media === undefined) return absent(message);
  const image = element("img", message.type === "sticker" ? "sticker" : "picture");
  image.src = address(message);
  image.alt = message.content?.caption ?? (message.type === "sticker" ? "Sticker" : "Photo");
  image.loading = "lazy";
  image.addEventListener("error", () => image.replaceWith(absent(message)));
  if (message.type === "sticker") return image;
  const button = element("button", "picture-button", image);
  button.type = "button";
  button.setAttribute("aria-label", "Open the photo");
  button.addEventListener("click", () => openViewer(image.src, message.content?.caption ?? ""));
  return button;
}

/** A film with the browser's own controls. */
export function video(message) {
  if (message.media === undefined) return absent(message);
  const film = element("video", "picture");
  film.src = address(message);
  film.controls = true;
  film.preload = "metadata";
  film.addEventListener("error", () => film.replaceWith(absent(message)));
  return film;
}

/** A voice message or a piece of music: a button, a line that fills, and the time. */
export function sound(message) {
  if (message.media === undefined) return absent(message);
  const player = new Audio(address(message));
  player.preload = "metadata";
  const button = element("button", "play", icon("play"));
  button.type = "button";
  button.setAttribute("aria-label", "Play");
  const line = /** @type {HTMLProgressElement} */ (element("progress", "sound-line"));
  line.max = 1;
  line.value = 0;
  const time = element("span", "sound-time", fileSize(message.media.size_bytes));
  const draw = () => {
    button.replaceChildren(icon(player.paused ? "play" : "pause"));
    button.setAttribute("aria-label", player.paused ? "Play" : "Pause");
    const known = Number.isFinite(player.duration);
    line.value = known && player.duration > 0 ? player.currentTime / player.duration : 0;
    if (known) time.textContent = playTime(player.currentTime > 0 ? player.currentTime : player.duration);
  };
  for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata"])
    player.addEventListener(name, draw);
  player.addEventListener("error", () => {
    button.disabled = true;
    time.textContent = `${fileSize(message.media.size_bytes)} · this browser cannot play it`;
  });
  button.addEventListener("click", () => toggle(player, message));
  const voice = message.content?.voice === true;
  const sign = element(
    "span",
    `sound-sign ${message.status === "played" ? "played" : ""}`,
    icon(voice ? "microphone" : "music"),
  );
  return element("div", "sound", button, element("div", "sound-body", line, time), sign);
}

function toggle(player, message) {
  if (!player.paused) {
    player.pause();
    return;
  }
  player.play().catch(() => {});
  const { waId, numberId } = store.open;
  if (message.author === "business") api.played(waId, numberId, message.wamid).catch(() => {});
}

/** A document: its name, kind and size; a tap saves it. */
export function documentFile(message) {
  if (message.media === undefined) return absent(message);
  const name = message.content?.filename ?? message.media.filename ?? "Document";
  const kind = name.includes(".") ? name.split(".").at(-1).slice(0, 5).toUpperCase() : "FILE";
  const link = element(
    "a",
    "file",
    element("span", "file-sign", icon("file")),
    element("span", "file-name", name),
    element("span", "file-kind", `${kind} · ${fileSize(message.media.size_bytes)}`),
    icon("download"),
  );
  link.href = address(message);
  link.download = name;
  return link;
}

/** What stands for a file that is not on this machine: named by link, or dropped for want of room. */
function absent({ type, content, media }) {
  const line = typeof content?.link === "string" ? content.link : "The file is no longer kept";
  const sign = type === "audio" ? "music" : type === "document" ? "file" : "picture";
  return element(
    "div",
    "absent",
    icon(sign),
    element("span", "", media === undefined ? line : "The file cannot be shown"),
  );
}
