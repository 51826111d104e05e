import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeJson } from "../../../../scripts/admin/write-json";
import { anyCodeUnit } from "../../server/helpers/any-code-unit";

describe("writeJson", () => {
  it("spells out what a terminal would obey or hide", () => {
    expect(writeJson({ name: "a\u202eb\u009b31m\u{E0041}c" })).toBe(
      String.raw`{"name":"a\u202eb\u009b31m\udb40\udc41c"}`,
    );
  });

  it("leaves words of any script and the line breaks of the indent", () => {
    const value = { name: "\u4f60\u597d caf\u00e9" };
    expect(writeJson(value, 2)).toBe(JSON.stringify(value, null, 2));
  });

  it("reads back as what it was, whatever that is", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodeUnit }), (text) => {
        expect(JSON.parse(writeJson([text, { [text]: text }]))).toEqual([text, { [text]: text }]);
        expect(writeJson(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
  });
});
