import { api } from "./api.js";
import { askText } from "./ask.js";
import { startReply } from "./composer.js";
import { byId, element } from "./elements.js";
import { icon } from "./icons.js";
import { closeSheet, openSheet } from "./sheet.js";
import { store } from "./store.js";
import { summary } from "./summary.js";
import { attempt } from "./toast.js";

const EMOJI = ["\u{1F44D}", "\u2764\uFE0F", "\u{1F602}", "\u{1F62E}", "\u{1F622}", "\u{1F64F}"];
const EDIT_MS = 15 * 60_000;

/** Wires the small arrow on each bubble, and quotes that lead to what they quote. */
export function setUpMessageMenu() {
  byId("messages").addEventListener("click", ({ target }) => {
    const pressed = /** @type {HTMLElement} */ (target);
    const quote = /** @type {HTMLElement | null} */ (pressed.closest(".quote"));
    if (quote !== null) goTo(quote.dataset.quote);
    if (pressed.closest(".bubble-menu") === null) return;
    const item = /** @type {HTMLElement | null} */ (pressed.closest("[data-wamid]"));
    const message = store.messages.get(item?.dataset.wamid ?? "");
    if (message !== undefined) openMenu(message);
  });
  // A long press on a touch screen, or the other mouse button; links and pictures keep the browser's own menu.
  byId("messages").addEventListener("contextmenu", (event) => {
    const pressed = /** @type {HTMLElement} */ (event.target);
    const item = /** @type {HTMLElement | null} */ (
      pressed.closest(".bubble")?.closest("[data-wamid]") ?? null
    );
    const message = store.messages.get(item?.dataset.wamid ?? "");
    if (message === undefined || pressed.closest("a, img, video") !== null) return;
    event.preventDefault();
    openMenu(message);
  });
}

function openMenu(message) {
  const mine = store.effects.get(message.wamid)?.reactions.person ?? "";
  const faces = EMOJI.map((emoji) => {
    const button = element("button", `face ${emoji === mine ? "chosen" : ""}`, emoji);
    button.type = "button";
    button.setAttribute("aria-label", emoji === mine ? `Take ${emoji} back` : `React ${emoji}`);
    button.addEventListener("click", () => {
      closeSheet();
      react(message, emoji === mine ? null : emoji);
    });
    return button;
  });
  const actions = [action("reply", "Reply", () => startReply(message))];
  if (message.author === "person") {
    const young = Date.now() - message.at < EDIT_MS;
    if (message.type === "text" && young) actions.push(action("pencil", "Edit", () => edit(message)));
    actions.push(
      action("bin", "Delete for everybody", () =>
        send({ type: "revoke", revoke: { original_message_id: message.wamid } }),
      ),
    );
  }
  openSheet(summary(message), element("div", "faces", ...faces), element("div", "actions", ...actions));
}

function action(sign, label, act) {
  const button = element("button", "action", icon(sign), label);
  button.type = "button";
  button.addEventListener("click", () => {
    closeSheet();
    act();
  });
  return button;
}

function edit(message) {
  const now = store.effects.get(message.wamid)?.text ?? message.text;
  askText("Edit the message", now, "Save", (body) =>
    send({
      type: "edit",
      edit: { original_message_id: message.wamid, message: { type: "text", text: { body } } },
    }),
  );
}

function react({ wamid }, emoji) {
  const { waId, numberId } = store.open;
  attempt(api.react(waId, { wamid, emoji, phone_number_id: numberId })).catch(() => {});
}

function send(message) {
  const { waId, numberId } = store.open;
  attempt(api.send(waId, { ...message, phone_number_id: numberId })).catch(() => {});
}

function goTo(wamid) {
  const found = byId("messages").querySelector(`[data-wamid="${CSS.escape(wamid ?? "")}"]`);
  if (found === null) return;
  found.scrollIntoView({ block: "center", behavior: "smooth" });
  found.classList.add("found");
  setTimeout(() => found.classList.remove("found"), 1500);
}
