import { describe, expect, it } from "vitest";
import { metaWord } from "#server/utils/messaging/meta-word";

describe("metaWord", () => {
  it.each(["text", "request_welcome", "delivered"])("shows %j", (word) => {
    expect(metaWord(word, "other")).toBe(word);
  });

  it.each(["", "Text", "call send_message", "te\u200bxt", "_x", "a1", "a".repeat(41), "text\n"])(
    "does not show %j",
    (word) => {
      expect(metaWord(word, "other")).toBe("other");
    },
  );
});
