import { contactCards, locationCard } from "./cards.js";
import { interactiveContent, templateContent } from "./choices.js";
import { element } from "./elements.js";
import { documentFile, picture, sound, video } from "./media-view.js";
import { richText } from "./rich-text.js";
import { summary } from "./summary.js";

/** What stands in a bubble: its parts, and what hangs below it. */
const VIEWS = {
  text: ({ text }) => ({ parts: [richText(text)] }),
  image: (message) => ({ kind: "media", parts: [picture(message)], ...caption(message) }),
  video: (message) => ({ kind: "media", parts: [video(message)], ...caption(message) }),
  sticker: (message) => ({ kind: "sticker", parts: [picture(message)] }),
  audio: (message) => ({ kind: "audio", parts: [sound(message)] }),
  document: (message) => ({ kind: "media", parts: [documentFile(message)], ...caption(message) }),
  location: ({ content }) => ({ kind: "media", parts: [locationCard(content)] }),
  contacts: ({ content }) => ({ kind: "card", parts: contactCards(content) }),
  template: templateContent,
  interactive: interactiveContent,
  button: ({ content }) => ({ parts: [richText(String(content?.text ?? ""))] }),
};

/**
 * What stands in a message's bubble.
 * @param {any} message
 * @param {string} [edited] the text it has now
 * @returns {{ parts: Node[], kind?: string, caption?: HTMLElement, below?: HTMLElement }}
 */
export function bubbleContent(message, edited) {
  if (edited !== undefined && message.type === "text") return { parts: [richText(edited)] };
  const view = Object.hasOwn(VIEWS, message.type) ? VIEWS[message.type] : undefined;
  return view?.(message) ?? { parts: [element("span", "text placeholder", summary(message))] };
}

function caption({ content }) {
  return typeof content?.caption === "string" && content.caption !== ""
    ? { caption: richText(content.caption) }
    : {};
}
