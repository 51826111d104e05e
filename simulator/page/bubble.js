import { bubbleContent } from "./bubble-content.js";
import { element } from "./elements.js";
import { clockTime } from "./format.js";
import { icon } from "./icons.js";
import { ladder } from "./ladder.js";
import { store } from "./store.js";
import { summary } from "./summary.js";
import { ticks } from "./ticks.js";

/**
 * A message as the person sees it, with the business's tick ladder under what the business wrote.
 * @param {any} message
 * @param {(wamid: string) => any} find
 * @returns {HTMLElement}
 */
export function bubble(message, find) {
  if (message.status === "failed" || message.failure !== undefined) return undelivered(message);
  const fromPerson = message.author === "person";
  const effects = store.effects.get(message.wamid) ?? { reactions: {} };
  const meta = element(
    "span",
    "meta",
    ...(effects.text === undefined ? [] : ["edited "]),
    clockTime(message.at),
  );
  if (fromPerson) meta.append(ticks(message.status));
  const content = effects.revoked
    ? { parts: [element("span", "text placeholder", "This message was deleted")] }
    : bubbleContent(message, effects.text);
  const inside = element(
    "div",
    `bubble kind-${content.kind ?? "text"}`,
    ...(effects.revoked ? [] : quote(message, find)),
    ...content.parts,
    content.caption === undefined ? meta : element("div", "caption", content.caption, meta),
  );
  inside.dir = "auto";
  const item = element("li", `message ${fromPerson ? "from-person" : "from-business"}`, inside);
  if (!effects.revoked) inside.append(menuButton());
  if (content.below !== undefined && !effects.revoked) item.append(content.below);
  const given = Object.values(effects.reactions).filter((emoji) => emoji !== "");
  if (given.length > 0 && !effects.revoked)
    item.append(element("span", "reactions", [...new Set(given)].join(""), count(given)));
  if (!fromPerson) item.append(ladder(message.status));
  item.dataset.wamid = message.wamid;
  return item;
}

function count(given) {
  return given.length > 1 ? ` ${given.length}` : "";
}

function menuButton() {
  const button = element("button", "bubble-menu", icon("more"));
  button.type = "button";
  button.setAttribute("aria-label", "React, reply and more");
  return button;
}

function undelivered(message) {
  const { failure } = message;
  const reason = failure === undefined ? "" : `${failure.code} ${failure.title}`;
  const item = element("li", "undelivered", `Never reached this phone (${reason}): ${summary(message)}`);
  item.dataset.wamid = message.wamid;
  return item;
}

function quote(message, find) {
  if (message.reply_to === undefined) return [];
  const quoted = find(message.reply_to);
  const author = quoted?.author === "person" ? "You" : "Business";
  const button = element(
    "button",
    "quote",
    element("b", "", quoted === undefined ? "" : author),
    element("span", "", quoted === undefined ? "A message that is no longer here" : summary(quoted)),
  );
  button.type = "button";
  button.dataset.quote = message.reply_to;
  return [button];
}
