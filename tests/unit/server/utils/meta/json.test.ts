import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asList, asObject, asText, storable } from "#server/utils/meta/json";
import { anyCodeUnit } from "../../helpers/any-code-unit";

const ODD = [null, undefined, 0, 1, Number.NaN, "", "text", true, false, [], {}, [1], { a: 1 }];

describe("asObject", () => {
  it("returns an object as it is, and an empty one for everything else", () => {
    const value = { a: 1 };
    expect(asObject(value)).toBe(value);
    for (const odd of ODD) {
      const isObject = typeof odd === "object" && odd !== null && !Array.isArray(odd);
      expect(asObject(odd)).toEqual(isObject ? odd : {});
    }
  });
});

describe("asList", () => {
  it("returns a list as it is, and a lone object as a list of one", () => {
    const list = [1, null, "a"];
    expect(asList(list)).toBe(list);
    expect(asList({ a: 1 })).toEqual([{ a: 1 }]);
  });

  it.each([null, undefined, 0, 7, "", "text", true])("returns nothing for %j", (value) => {
    expect(asList(value)).toEqual([]);
  });
});

describe("asText", () => {
  it("returns text, and numbers as text", () => {
    expect(asText("16505551234")).toBe("16505551234");
    expect(asText(16505551234)).toBe("16505551234");
    expect(asText(0)).toBe("0");
    expect(asText(" ")).toBe(" ");
  });

  it.each([null, undefined, "", Number.NaN, Number.POSITIVE_INFINITY, true, [], ["a"], {}])(
    "returns undefined for %j",
    (value) => expect(asText(value)).toBeUndefined(),
  );
});

describe("storable", () => {
  it("replaces NUL and lone surrogates, at every depth and in keys", () => {
    const value = { "k\u0000": ["a\u0000b", { c: "\ud83d", "\ude00": "\ude00\ud83d" }] };
    expect(storable(value)).toEqual({
      "k\uFFFD": ["a\uFFFDb", { c: "\uFFFD", "\uFFFD": "\uFFFD\uFFFD" }],
    });
  });

  it("keeps whole pairs, other control characters and everything that is not text", () => {
    const value = { text: "\u{1F600} caf\u00e9 \u0001\n\uFFFD", list: [1, null, true], none: null, at: 1.5 };
    expect(storable(value)).toEqual(value);
  });

  it("keeps a key named __proto__ as a plain key", () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}, "a": "b"}') as object;
    const copy = storable(value);
    expect(Object.keys(copy)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("goes down a nesting bomb only so far, and keeps what stands beside it", () => {
    const depth = 10_000;
    const bomb = JSON.parse(`${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`) as unknown;
    const copy = storable({ bomb, text: "beside" });
    expect(copy.text).toBe("beside");
    expect(JSON.stringify(copy).length).toBeLessThan(1_000);
    expect(JSON.stringify(storable(JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`)))).toContain(
      "null",
    );
  });

  it("leaves what it was given unchanged", () => {
    const value = { a: ["\u0000"] };
    storable(value);
    expect(value).toEqual({ a: ["\u0000"] });
  });

  it("gives well-formed text without NUL whatever comes, and changes nothing that was", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCodeUnit }), (value) => {
        const json = JSON.stringify(storable(value));
        expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(JSON.stringify(storable(JSON.parse(json)))).toBe(json);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: anyCodeUnit }), (text) => {
        const stored = storable(text);
        expect(stored).toHaveLength(text.length);
        expect(Buffer.from(stored, "utf8").toString("utf8")).toBe(stored);
        expect(stored.includes("\u0000")).toBe(false);
      }),
    );
  });
});
