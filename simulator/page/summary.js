const NAMES = {
  image: "Photo",
  video: "Video",
  sticker: "Sticker",
  location: "Location",
  unsupported: "Unsupported message",
  order: "Order",
};
const SIGNS = { image: "\u{1F4F7}", video: "\u{1F3A5}", sticker: "\u{1F49F}", location: "\u{1F4CD}" };

/**
 * One line that stands for a message, as in a list of chats or in a quote.
 * @param {any} message
 * @returns {string}
 */
export function summary(message) {
  const { type, content, text } = message;
  if (type === "audio") return content?.voice ? "\u{1F3A4} Voice message" : "\u{1F3B5} Audio";
  if (type === "document") return `\u{1F4C4} ${content?.filename ?? message.media?.filename ?? "Document"}`;
  if (type === "contacts") return `\u{1F464} ${content?.[0]?.name?.formatted_name ?? "Contact"}`;
  if (type === "reaction") return content?.emoji ? `Reacted ${content.emoji}` : "Took a reaction back";
  if (type === "edit") return "Edited a message";
  if (type === "revoke") return "Deleted a message";
  if (type === "interactive") return chosen(content) ?? text;
  if (NAMES[type] === undefined) return text;
  const words = content?.caption || (type === "location" && content?.name) || NAMES[type];
  return SIGNS[type] === undefined ? words : `${SIGNS[type]} ${words}`;
}

/** What a person chose, if the message says so. */
function chosen(content) {
  return (
    content?.button_reply?.title ?? content?.list_reply?.title ?? (content?.nfm_reply ? "Form sent" : null)
  );
}
