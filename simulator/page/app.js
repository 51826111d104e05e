import { setUpAddPerson } from "./add-person.js";
import { api } from "./api.js";
import { setUpAttach } from "./attach.js";
import { setUpComposer } from "./composer.js";
import { byId } from "./elements.js";
import { clockTime } from "./format.js";
import { happen, later } from "./happenings.js";
import { follow } from "./live.js";
import { setUpMessageMenu } from "./message-menu.js";
import { closeChat, openChat, pollState, reload, tellOpen } from "./session.js";
import { closeSheet, setUpSheet } from "./sheet.js";
import { store } from "./store.js";
import { attempt, toast } from "./toast.js";
import { closeViewer, setUpViewer } from "./viewer.js";

const CLOCK_MS = 1000;
const STATE_POLL_MS = 2000;

setUpComposer(async (text, reply) => {
  if (store.open === null) return;
  const { waId, numberId } = store.open;
  await attempt(api.send(waId, { type: "text", text: { body: text }, phone_number_id: numberId, ...reply }));
});
setUpAttach();
setUpMessageMenu();
setUpSheet();
setUpViewer();
setUpAddPerson((contact) => {
  store.contacts.set(contact.wa_id, contact);
  later(() => openChat(contact.wa_id));
});
byId("back").addEventListener("click", closeChat);
byId("number").addEventListener("change", ({ target }) =>
  later(() => openChat(store.open.waId, target.value)),
);
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || byId("add-dialog").open || closeViewer() || closeSheet()) return;
  if (store.open !== null) closeChat();
});

// A page in the background is a phone in a pocket: nothing there is read.
document.addEventListener("visibilitychange", () => tellOpen(!document.hidden));
addEventListener("pagehide", () => tellOpen(false));

drawClock();
setInterval(drawClock, CLOCK_MS);
setInterval(() => document.hidden || later(pollState), STATE_POLL_MS);

follow({
  onConnect: () => later(reload),
  onEvent: happen,
  onLost: () => toast("The simulator does not answer. Trying again…", true),
});

function drawClock() {
  byId("clock").textContent = clockTime(Date.now());
}
