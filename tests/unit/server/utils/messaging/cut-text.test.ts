import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText } from "#server/utils/messaging/cut-text";
import { anyCodeUnit } from "../../helpers/any-code-unit";

const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

describe("cutText", () => {
  it.each([
    ["what fits", "hello", 5, "hello"],
    ["what does not", "hello", 4, "hell"],
    ["two bytes each", "\u00e9\u00e9\u00e9", 5, "\u00e9\u00e9"],
    ["three bytes each", "\u1019\u1019", 5, "\u1019"],
    ["a pair, never half of it", "a\u{1F468}b", 4, "a"],
    ["what JSON escapes", 'a"b', 2, "a"],
    ["line breaks", "a\n\nb", 4, "a\n"],
    ["nothing", "", 0, ""],
    ["everything", "abc", 0, ""],
  ])("cuts %s", (_what, text, limit, cut) => {
    expect(cutText(text, limit)).toBe(cut);
  });

  it("gives the longest beginning that fits, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodeUnit, maxLength: 40 }), fc.nat(60), (text, limit) => {
        const cut = cutText(text, limit);
        expect(text.startsWith(cut)).toBe(true);
        expect(bytesOf(cut)).toBeLessThanOrEqual(limit);
        const [next = ""] = text.slice(cut.length);
        expect(cut === text || bytesOf(cut) + bytesOf(next) > limit).toBe(true);
      }),
    );
  });
});
