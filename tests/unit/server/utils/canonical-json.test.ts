import { describe, expect, it } from "vitest";
import { canonicalJson } from "#server/utils/canonical-json";

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("canonicalJson", () => {
  it("makes nothing of the order of keys, at any depth", () => {
    const one = { b: [{ d: 1, c: [null, "x"] }], a: true };
    const other = { a: true, b: [{ c: [null, "x"], d: 1 }] };
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(canonicalJson(one)).toBe('{"a":true,"b":[{"c":[null,"x"],"d":1}]}');
  });

  it("refuses what is nested too deeply, instead of running out of stack", () => {
    expect(canonicalJson(nested(64))).toBe("[".repeat(64) + "]".repeat(64));
    for (const depth of [65, 100_000]) {
      expect(() => canonicalJson(nested(depth))).toThrow(
        expect.objectContaining({ code: "invalid_arguments" }),
      );
    }
  });
});
