import type { Shapes } from "../shape";

/** Messages about other messages. */
export const REFERENCES: Shapes = {
  "a quote": {
    message: {
      type: "text",
      text: { body: "{words}" },
      context: { from: "{words}", id: "{subject}", body: "{words}", "{words}": "{words}" },
    },
  },
  "a quote of what nobody knows": {
    message: { type: "text", text: { body: "{words}" }, context: { id: "{words}" } },
  },
  "what was forwarded": {
    message: {
      type: "text",
      text: { body: "{words}" },
      context: { forwarded: true, frequently_forwarded: "{words}" },
    },
  },
  "a reaction": { message: { type: "reaction", reaction: { message_id: "{subject}", emoji: "{words}" } } },
  "a reaction to words": {
    message: { type: "reaction", reaction: { message_id: "{words}", emoji: "{words}" } },
  },
  "an edit": {
    message: {
      type: "edit",
      edit: {
        original_message_id: "{subject}",
        message: { type: "text", text: { body: "{words}" }, "{words}": "{words}" },
      },
    },
  },
  "an edit of a caption": {
    message: {
      type: "edit",
      edit: {
        original_message_id: "{words}",
        message: { type: "document", document: { filename: "{words}", caption: "{words}" } },
      },
    },
  },
  "an edit of a kind that nobody knows": {
    message: {
      type: "edit",
      edit: { original_message_id: "{words}", message: { type: "{words}", "{words}": "{words}" } },
    },
  },
  "a revoke of words": {
    message: { type: "revoke", revoke: { original_message_id: "{words}", reason: "{words}" } },
  },
};
