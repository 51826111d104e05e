import { byId, element } from "./elements.js";
import { exactTime } from "./format.js";
import { store } from "./store.js";
import { summary } from "./summary.js";
import { ticks } from "./ticks.js";

const SHOWN = 60;

let wasWaiting = false;

const BUSINESS_RUNGS = ["accepted", "sent", "delivered", "read"];
const PERSON_RUNGS = ["sent", "delivered", "read"];
const PERSON_LABELS = { sent: "left the phone", delivered: "webhook answered 200", read: "marked read" };

/** Draws the developer's view: newest message first, each with its ladder. */
export function drawTrail() {
  const messages = [...store.messages.values()].slice(-SHOWN).toReversed();
  byId("trail-empty").hidden = messages.length > 0;
  byId("trail").replaceChildren(...messages.map(step));
}

/**
 * Tells where webhooks go and whether they arrive.
 * @param {any} state
 */
export function drawQueue(state) {
  const { webhooks_pending: pending, webhooks_held: held } = state.counts;
  byId("callback").textContent = state.subscribed
    ? `Webhooks go to ${state.callback_url || "nowhere yet"}`
    : "No app is subscribed: webhooks are not sent";
  const notes = [];
  if (pending > 0) notes.push(`${pending} on the way or waiting for another try`);
  if (held > 0) notes.push(`${held} held back by a fault`);
  if (state.faults.length > 0)
    notes.push(`faults: ${[...new Set(state.faults.map(({ kind }) => kind))].join(", ")}`);
  byId("queue").textContent = notes.length > 0 ? notes.join(" · ") : "All webhooks were taken";
  // A webhook that happens to be on the wire is no trouble; one still there at the next look is.
  const isWaiting = pending > 0 || held > 0;
  byId("queue").classList.toggle("waiting", isWaiting && wasWaiting);
  wasWaiting = isWaiting;
}

function step(message) {
  const fromBusiness = message.author === "business";
  const names = fromBusiness ? BUSINESS_RUNGS : PERSON_RUNGS;
  const rungs = names.map((name) => rung(message, name));
  if (message.history.played !== undefined) rungs.push(rung(message, "played"));
  if (message.failure !== undefined) rungs.push(failedRung(message));
  const data = message.biz_opaque_callback_data;
  return element(
    "li",
    "step",
    element(
      "div",
      "step-head",
      element("span", "step-way", fromBusiness ? "business →" : "→ business"),
      element("span", "step-text", summary(message)),
      element("span", "step-time", exactTime(message.at)),
    ),
    element("div", "rungs", ...rungs),
    element("p", "step-data", data === undefined ? message.wamid : `${message.wamid} · data ${data}`),
  );
}

function rung(message, name) {
  const at = message.history[name];
  const label = message.author === "person" ? PERSON_LABELS[name] : name;
  const made = element("span", `rung ${name}${at === undefined ? "" : " reached"}`, label);
  if (at !== undefined && name !== "accepted") made.append(ticks(name), delay(at - message.at));
  return made;
}

function failedRung({ failure, history, at }) {
  const when = history.failed === undefined ? "will fail" : `failed ${delay(history.failed - at)}`;
  return element("span", "rung failed reached", `${when}: ${failure.code} ${failure.title}`);
}

function delay(ms) {
  if (ms < 1000) return `+${ms} ms`;
  return ms < 100_000 ? `+${(ms / 1000).toFixed(1)} s` : `+${Math.round(ms / 60_000)} min`;
}
