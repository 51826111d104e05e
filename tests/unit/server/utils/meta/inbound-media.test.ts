import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readInboundMedia } from "#server/utils/meta/inbound-media";

const DIGEST = createHash("sha256").update("x").digest();

describe("readInboundMedia", () => {
  it.each(["image", "audio", "video", "document", "sticker"])("reads a file of kind %s", (type) => {
    const media = { id: 123, mime_type: "a/b; c=d", sha256: DIGEST.toString("base64"), filename: "x.y" };
    expect(readInboundMedia({ type, [type]: media })).toEqual({
      kind: type,
      waMediaId: "123",
      declaredType: "a/b; c=d",
      sha256: DIGEST.toString("hex"),
      fileName: "x.y",
    });
  });

  it("is content with the id", () => {
    expect(readInboundMedia({ type: "image", image: { id: "1", sha256: "nonsense" } })).toMatchObject({
      waMediaId: "1",
      sha256: undefined,
      fileName: undefined,
    });
  });

  it.each([
    ["a text", { type: "text", text: { body: "x" } }],
    ["no object", { type: "image", image: null }],
    ["no id", { type: "image", image: {} }],
    ["an id that leads elsewhere", { type: "image", image: { id: "../me?fields=x" } }],
    ["a type that is a name of JavaScript's", { type: "constructor", constructor: { id: "1" } }],
    ["no type", { image: { id: "1" } }],
  ])("finds no file in %s", (_, message) => {
    expect(readInboundMedia(message)).toBeUndefined();
  });
});
