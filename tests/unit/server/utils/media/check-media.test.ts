import { describe, expect, it } from "vitest";
import { checkMedia } from "#server/utils/media/outbound/check-media";
import type { SentKind } from "#server/utils/meta/media-limits";

const sniffed = (type: string, isAnimated = false, codec = "opus", width = 512) => ({
  type,
  extension: "x",
  codec,
  webp: { isAnimated, width, height: 512 },
});
const check = (kind: SentKind, type: string, size: number, isAnimated = false, served?: string) =>
  checkMedia(kind, sniffed(type, isAnimated), size, served);

describe("checkMedia", () => {
  it.each([
    ["image", "image/png", 5_000_000, false],
    ["audio", "audio/ogg", 16_000_000, false],
    ["video", "video/mp4", 16_000_000, false],
    ["document", "application/pdf", 100_000_000, false],
    ["sticker", "image/webp", 100_000, false],
    ["sticker", "image/webp", 500_000, true],
  ] as const)("takes a %s of %s up to %i bytes and none larger", (kind, type, limit, isAnimated) => {
    expect(check(kind, type, limit, isAnimated)).toBe(type);
    expect(() => check(kind, type, limit + 1, isAnimated)).toThrow(
      expect.objectContaining({
        reason: "too_large",
        isFinal: true,
        more: { field: "size", limit, value: limit + 1 },
      }),
    );
  });

  it.each([
    ["image", "image/webp"],
    ["image", "application/octet-stream"],
    ["audio", "video/mp4"],
    ["video", "audio/mp4"],
    ["document", "text/html"],
    ["sticker", "image/png"],
    ["voice", "audio/mpeg"],
    ["voice", "audio/mp4"],
  ] as const)("takes no %s of %s", (kind, type) => {
    expect(() => check(kind, type, 1)).toThrow(expect.objectContaining({ reason: "type_refused" }));
  });

  it.each(["voice", "audio"] as const)("takes OGG with Opus in it, and with nothing else, as %s", (kind) => {
    expect(checkMedia(kind, sniffed("audio/ogg"), 1, undefined)).toBe("audio/ogg");
    expect(() => checkMedia(kind, sniffed("audio/ogg", false, "vorbis"), 1, undefined)).toThrow(
      expect.objectContaining({
        reason: "type_refused",
        more: { field: "codec", limit: "opus", value: "vorbis" },
      }),
    );
  });

  it("takes a sticker of 512 by 512 pixels only", () => {
    const { webp: _, ...unread } = sniffed("image/webp");
    for (const [file, value] of [
      [sniffed("image/webp", false, "", 511), "511x512"],
      [unread, "0x0"],
    ] as const) {
      expect(() => checkMedia("sticker", file, 1, undefined)).toThrow(
        expect.objectContaining({
          reason: "dimensions_refused",
          more: { field: "dimensions", limit: "512x512", value },
        }),
      );
    }
  });

  it("takes no file without bytes", () => {
    expect(() => check("image", "image/png", 0)).toThrow(expect.objectContaining({ reason: "type_refused" }));
  });

  it("believes who serves an old Office file which it is, and nothing else", () => {
    const container = "application/x-cfb";
    expect(check("document", container, 1, false, "application/msword")).toBe("application/msword");
    expect(() => check("document", container, 1, false, "application/pdf")).toThrow("type_refused");
    expect(() => check("document", "image/png", 1, false, "application/msword")).toThrow("type_refused");
  });
});
