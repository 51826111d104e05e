import { describe, expect, it } from "vitest";
import { generateBytes } from "#simulator/media/generate-bytes";
import { MEDIA_KINDS } from "#simulator/media/media-kinds";
import { hasSignature, isAnimatedWebp } from "#simulator/media/media-signatures";

const types = Object.values(MEDIA_KINDS).flatMap(({ mimeTypes }) => mimeTypes);

describe("hasSignature", () => {
  it.each(types)("knows made up %s for what it is", (type) => {
    expect(hasSignature(generateBytes("seed", 100, type), type)).toBe(true);
  });

  it.each(types.filter((type) => type !== "text/plain"))("takes no page of HTML for %s", (type) => {
    expect(hasSignature(Buffer.from("<!doctype html><html>"), type)).toBe(false);
  });

  it("looks past parameters, and takes what it does not know", () => {
    expect(hasSignature(Buffer.from("OggS..."), "audio/ogg; codecs=opus")).toBe(true);
    expect(hasSignature(Buffer.from("RIFF"), "audio/ogg; codecs=opus")).toBe(false);
    expect(hasSignature(Buffer.from("anything"), "application/x-unknown")).toBe(true);
  });
});

describe("generateBytes", () => {
  it.each([0, 1, 3, 5, 12, 1000])("makes exactly %i bytes", (size) => {
    for (const type of types) expect(generateBytes("seed", size, type)).toHaveLength(size);
  });
});

describe("isAnimatedWebp", () => {
  const webp = (chunk: string, flags: number) =>
    Buffer.concat([
      Buffer.from("RIFF\0\0\0\0WEBP"),
      Buffer.from(chunk),
      Buffer.from([10, 0, 0, 0]),
      Buffer.from([flags]),
    ]);
  it.each([
    ["VP8X", 0x02, true],
    ["VP8X", 0x12, true],
    ["VP8X", 0x10, false],
    ["VP8 ", 0x02, false],
  ])("%s with flags %i: %s", (chunk, flags, animated) => {
    expect(isAnimatedWebp(webp(chunk, flags))).toBe(animated);
  });
});
