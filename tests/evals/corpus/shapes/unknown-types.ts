import type { Shapes } from "../shape";

/** What Meta may send one day. */
export const UNKNOWN_TYPES: Shapes = {
  "a new type": {
    message: { type: "hologram", hologram: { depth: "{words}", body: "{words}", "{words}": ["{words}"] } },
  },
  "a type that is a text": { message: { type: "{words}", "{words}": { body: "{words}" } } },
  "a type that every object has": { message: { type: "constructor", constructor: { body: "{words}" } } },
  "no type": { message: { body: "{words}", text: { body: "{words}" } } },
  "a poll": { message: { type: "poll", poll: { name: "{words}", options: [{ name: "{words}" }] } } },
  "members that nobody knows": {
    message: {
      type: "text",
      text: { body: "{words}", "{words}": "{words}" },
      "{words}": "{words}",
      untrusted_text: "{words}",
      notice: "{words}",
    },
  },
  "a text that is a list": { message: { type: "text", text: { body: ["{words}"] } } },
  "a text that is an object": { message: { type: "text", text: { body: { "{words}": "{words}" } } } },
  "a prototype": { message: { type: "text", text: { body: "{words}" }, "__proto__ ": { body: "{words}" } } },
};
