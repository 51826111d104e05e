import { describe, expect, it } from "vitest";
import { editContent } from "#server/utils/meta/edit-content";
import type { JsonObject } from "#server/utils/meta/json";

const edit = (message: JsonObject): JsonObject => ({
  type: "edit",
  edit: { original_message_id: "a", message },
});

describe("editContent", () => {
  it("replaces a text", () => {
    const original = { id: "a", type: "text", text: { body: "old" }, context: { id: "q" } };
    expect(editContent(original, edit({ type: "text", text: { body: "new" } }))).toEqual({
      ...original,
      text: { body: "new" },
    });
  });

  it("replaces a caption and keeps the picture, and a caption that is left out is gone", () => {
    const original = { type: "image", image: { id: "m", mime_type: "image/png", caption: "old" } };
    expect(editContent(original, edit({ type: "image", image: { caption: "new" } }))).toEqual({
      type: "image",
      image: { id: "m", mime_type: "image/png", caption: "new" },
    });
    expect(editContent(original, edit({ type: "image" }))).toEqual({
      type: "image",
      image: { id: "m", mime_type: "image/png" },
    });
  });

  it.each(["id", "type", "from", "__proto__", "constructor", "edit", ""])("does not touch %j", (type) => {
    const original = { id: "a", type: "text", from: "1", text: { body: "old" } };
    expect(editContent(original, edit({ type, [type]: { polluted: true } }))).toBe(original);
    expect(({} as JsonObject).polluted).toBeUndefined();
  });
});
