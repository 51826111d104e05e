import { api } from "./api.js";
import { askContact, askLocation, field, form } from "./ask.js";
import { takeReply } from "./composer.js";
import { byId, element } from "./elements.js";
import { fileSize } from "./format.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheet.js";
import { store } from "./store.js";
import { attempt } from "./toast.js";

const CHOICES = [
  { label: "Photo or video", sign: "picture", tint: "tint-4", accept: "image/*,video/*" },
  { label: "Document", sign: "file", tint: "tint-2", accept: "", kind: "document" },
  {
    label: "Voice message",
    sign: "microphone",
    tint: "tint-3",
    accept: "audio/*",
    kind: "audio",
    voice: true,
  },
  { label: "Audio", sign: "music", tint: "tint-0", accept: "audio/*", kind: "audio" },
  { label: "Sticker", sign: "sticker", tint: "tint-5", accept: "image/webp", kind: "sticker" },
];

/** @type {typeof CHOICES[number]} */
let picked = CHOICES[0];

/** Wires the plus sign, files that are dropped on the phone, and pictures that are pasted. */
export function setUpAttach() {
  byId("attach").addEventListener("click", openChoices);
  byId("file").addEventListener("change", takePicked);
  byId("draft").addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (file === undefined) return;
    event.preventDefault();
    preview(file);
  });
  const phone = byId("phone");
  const drop = byId("drop");
  const holdsFile = (event) => store.open !== null && event.dataTransfer?.types.includes("Files");
  phone.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
  phone.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!phone.contains(/** @type {Node | null} */ (relatedTarget))) drop.hidden = true;
  });
  phone.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    drop.hidden = true;
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) preview(file);
  });
}

function openChoices() {
  const files = CHOICES.map((choice) => tile(choice, () => pick(choice)));
  const place = tile({ label: "Location", sign: "pin", tint: "tint-1" }, () =>
    askLocation("Send a location", (location) => say({ type: "location", location })),
  );
  const card = tile({ label: "Contact", sign: "person", tint: "tint-3" }, () => {
    const others = [...store.contacts.values()].filter(({ wa_id: waId }) => waId !== store.open?.waId);
    askContact(others, (contact) => say({ type: "contacts", contacts: [contact] }));
  });
  openSheet("Attach", element("div", "tiles", ...files, place, card));
}

function tile({ label, sign, tint }, act) {
  const button = element("button", "tile", element("span", `tile-sign ${tint}`, icon(sign)), label);
  button.type = "button";
  button.addEventListener("click", () => {
    closeSheet();
    act();
  });
  return button;
}

function pick(choice) {
  picked = choice;
  const input = /** @type {HTMLInputElement} */ (byId("file"));
  input.accept = choice.accept;
  input.value = "";
  input.click();
}

function takePicked({ target }) {
  const [file] = target.files ?? [];
  const { kind, voice } = picked;
  if (file === undefined) return;
  // Voice messages and stickers go out at once, as on a phone.
  if (kind === "audio" || kind === "sticker") sendFile(file, kind, { voice });
  else preview(file, kind);
}

/** Shows a file before it goes out, with room for a caption. */
function preview(file, kind = kindOf(file)) {
  const caption = field("Caption", "", false);
  const children = kind === "audio" ? [] : [caption.label];
  const submit = () => sendFile(file, kind, { caption: caption.input.value.trim() });
  openSheet(
    file.name || "Picture",
    element("div", "preview", shown(file, kind)),
    form("Send", submit, ...children),
  );
  caption.input.focus();
}

function shown(file, kind) {
  if (kind !== "image" && kind !== "video") {
    return element(
      "div",
      "absent",
      icon(kind === "audio" ? "music" : "file"),
      element("span", "", fileSize(file.size)),
    );
  }
  const picture = /** @type {HTMLImageElement | HTMLVideoElement} */ (
    element(kind === "image" ? "img" : "video", "picture")
  );
  picture.src = URL.createObjectURL(file);
  const free = () => URL.revokeObjectURL(picture.src);
  picture.addEventListener(kind === "image" ? "load" : "loadeddata", free, { once: true });
  return picture;
}

function kindOf({ type }) {
  const [family] = type.split("/");
  return family === "image" || family === "video" || family === "audio" ? family : "document";
}

function sendFile(file, kind, { caption = "", voice = false }) {
  const { waId, numberId } = store.open;
  const details = {
    type: kind,
    phone_number_id: numberId,
    ...(file.type === "" ? {} : { mime_type: file.type }),
    ...(kind === "document" ? { filename: file.name || "document" } : {}),
    ...(caption === "" ? {} : { caption }),
    ...(voice ? { voice: "true" } : {}),
    ...takeReply(),
  };
  attempt(api.sendFile(waId, details, file)).catch(() => {});
}

function say(message) {
  const { waId, numberId } = store.open;
  attempt(api.send(waId, { ...message, phone_number_id: numberId, ...takeReply() })).catch(() => {});
}
