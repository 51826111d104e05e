import { describe, expect, it } from "vitest";
import { readMessageWords } from "#server/utils/meta/message-words";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";

const WORDS: Record<string, string | undefined> = {
  text: "Where is my order?",
  image: "Look at this",
  video: "Look at that",
  document: "My bill",
  location: "Office\n1 Hacker Way",
  contacts: "Ann Bee",
  button: "Yes, please",
  button_reply: "Cancel it",
  list_reply: "Express\nTomorrow",
  nfm_reply: "Sent",
  order: "As a gift",
  system: "Ann changed",
  quoted: "This one",
  forwarded: "Read this",
  product: "Still there?",
  referral: "I saw the ad",
  edit: "What I meant",
};

describe("readMessageWords", () => {
  it.each(Object.entries(INBOUND_TYPES))("finds what a person wrote in %s", (name, message) => {
    expect(readMessageWords(message)).toBe(WORDS[name]);
  });

  it("reads an edited caption", () => {
    const message = { type: "image", image: { caption: "Better" } };
    expect(readMessageWords({ type: "edit", edit: { message } })).toBe("Better");
    expect(readMessageWords({ type: "edit", edit: { message: { type: "edit", edit: { message } } } })).toBe(
      undefined,
    );
  });

  it.each(["constructor", "__proto__", "toString", "", "hasOwnProperty"])(
    "finds no words in a type named %j",
    (type) => expect(readMessageWords({ type, [type]: { body: "x" } })).toBeUndefined(),
  );

  it("finds none where the shape is another", () => {
    for (const type of Object.keys(WORDS)) {
      for (const odd of [null, undefined, 7, "text", [], {}, [[]], [null]]) {
        expect(readMessageWords({ type, [type]: odd })).toBeUndefined();
      }
    }
  });
});
