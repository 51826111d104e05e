import { answer } from "./answer.js";
import { locationCard } from "./cards.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { documentFile, picture, video } from "./media-view.js";
import { richText } from "./rich-text.js";

/** An interactive message of the business, or what the person chose. */
export function interactiveContent(message) {
  const { content } = message;
  const reply = content?.button_reply ?? content?.list_reply;
  if (reply !== undefined) {
    const more = reply.description ? [element("span", "soft", String(reply.description))] : [];
    return { parts: [element("b", "text", String(reply.title)), ...more] };
  }
  if (content?.nfm_reply !== undefined) return { parts: [element("span", "text", "Form sent")] };
  if (message.author === "person") return undefined;
  const parts = [...header(message, content?.header), ...words(content?.body?.text, content?.footer?.text)];
  return { kind: "choices", parts, below: rowOf(buttonsOf(message)) };
}

/** A template with its parameters in place. */
export function templateContent(message) {
  const { template } = message;
  if (template === undefined) return undefined;
  const { header: top, body, footer, buttons } = template;
  const parts = [...header(message, top && { ...top, [top.type]: top.content }), ...words(body, footer)];
  return {
    kind: "choices",
    parts,
    below: rowOf(buttons.map((button, index) => templateButton(message, button, index))),
  };
}

function header(message, top) {
  if (!top) return [];
  if (top.type === "text") return [element("b", "choices-title", String(top.text))];
  const content = top[top.type];
  const carried = { ...message, type: top.type, content };
  if (top.type === "image") return [picture(carried)];
  if (top.type === "video") return [video(carried)];
  if (top.type === "document") return [documentFile(carried)];
  return top.type === "location" ? [locationCard(content)] : [];
}

function words(body, footer) {
  const below = typeof footer === "string" ? [element("span", "soft", footer)] : [];
  return [...(typeof body === "string" ? [richText(body)] : []), ...below];
}

function buttonsOf(message) {
  const { type, action = {} } = message.content ?? {};
  if (type === "button") {
    return (action.buttons ?? []).map(({ reply }) =>
      press(reply.title, "reply", () => answer.choose(message, reply.id)),
    );
  }
  if (type === "list") return [press(action.button, "list", () => answer.openList(message))];
  if (type === "cta_url") return [follow(action.parameters?.display_text, action.parameters?.url)];
  if (type === "location_request_message")
    return [press("Send location", "pin", () => answer.shareLocation(message))];
  if (type === "request_contact_info")
    return [press("Share contact", "person", () => answer.choose(message))];
  if (type === "flow") return [press(action.parameters?.flow_cta, "file", () => answer.choose(message))];
  if (type === "carousel")
    return (action.cards ?? []).map((card) =>
      follow(card.action?.parameters?.display_text, card.action?.parameters?.url),
    );
  return [];
}

function templateButton(message, button, index) {
  if (button.type === "url") return follow(button.text, button.url);
  if (button.type === "quick_reply") return press(button.text, "reply", () => answer.choose(message, index));
  if (button.type === "request_contact_info")
    return press("Share contact", "person", () => answer.choose(message, index));
  if (button.type === "copy_code")
    return press(button.text, "copy", () => navigator.clipboard?.writeText(button.code));
  if (button.type === "phone_number") return press(button.text, "phone", () => {}, button.phone_number);
  return press(button.text, "link", () => {});
}

function press(label, sign, act, title = "") {
  const button = element("button", "choice", icon(sign), element("span", "", String(label ?? "")));
  button.type = "button";
  button.title = title;
  button.addEventListener("click", act);
  return button;
}

/** A link to the web. Only to the web: a stranger's text must not become a script's address. */
function follow(label, url) {
  const safe = /^https?:\/\//i.test(String(url));
  const link = element(safe ? "a" : "span", "choice", icon("link"), element("span", "", String(label ?? "")));
  link.title = String(url ?? "");
  if (safe) Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

function rowOf(buttons) {
  return buttons.length === 0 ? undefined : element("div", "choice-list", ...buttons);
}
