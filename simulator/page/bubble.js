import { element } from "./elements.js";
import { clockTime } from "./format.js";
import { ticks } from "./ticks.js";

/**
 * A message as the person sees it, with the business's tick ladder under what the business wrote.
 * @param {any} message
 * @param {(wamid: string) => any} find
 * @returns {HTMLElement}
 */
export function bubble(message, find) {
  if (message.status === "failed") return undelivered(message);
  const fromPerson = message.author === "person";
  const isPlain = message.type === "text";
  const meta = element("span", "meta", clockTime(message.at));
  if (fromPerson) meta.append(ticks(message.status));
  const inside = element(
    "div",
    "bubble",
    ...quote(message, find),
    element(
      "span",
      isPlain ? "text" : "text placeholder",
      isPlain ? message.text : `${message.type}: ${message.text}`,
    ),
    meta,
  );
  inside.dir = "auto";
  const item = element("li", `message ${fromPerson ? "from-person" : "from-business"}`, inside);
  if (!fromPerson) item.append(ladder(message));
  item.dataset.wamid = message.wamid;
  return item;
}

function ladder({ status }) {
  const label = element("span", `ladder ${status}`, status);
  if (status !== "accepted") label.append(ticks(status));
  label.title = "How far the business knows this message has come";
  return label;
}

function undelivered(message) {
  const { failure } = message;
  const reason = failure === undefined ? "" : `${failure.code} ${failure.title}`;
  const item = element("li", "undelivered", `Never reached this phone (${reason}): ${message.text}`);
  item.dataset.wamid = message.wamid;
  return item;
}

function quote(message, find) {
  if (message.reply_to === undefined) return [];
  return [element("span", "quote", find(message.reply_to)?.text ?? "A message that is no longer here")];
}
