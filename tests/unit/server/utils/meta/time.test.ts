import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTime } from "#server/utils/meta/time";

const RECEIVED_AT = new Date("2025-06-15T12:00:00.000Z");
const SECONDS = RECEIVED_AT.getTime() / 1000;

describe("readTime", () => {
  it("reads unix seconds, as text or as a number", () => {
    expect(readTime("1749981600", RECEIVED_AT)).toEqual(new Date("2025-06-15T10:00:00.000Z"));
    expect(readTime(1749981600, RECEIVED_AT)).toEqual(new Date("2025-06-15T10:00:00.000Z"));
  });

  it("holds a time after the receipt back to the receipt", () => {
    expect(readTime(SECONDS, RECEIVED_AT)).toEqual(RECEIVED_AT);
    expect(readTime(SECONDS + 1, RECEIVED_AT)).toEqual(RECEIVED_AT);
    // Milliseconds where seconds belong are a far future.
    expect(readTime(String(RECEIVED_AT.getTime() - 5_000), RECEIVED_AT)).toEqual(RECEIVED_AT);
  });

  it.each([
    undefined,
    null,
    "",
    "yesterday",
    "2025-06-15",
    "0",
    0,
    "1",
    946684800,
    "-1",
    -1,
    -1e300,
    Number.NaN,
    "Infinity",
    "1e999",
    true,
    {},
    [],
  ])("takes the receipt for %j", (value) => expect(readTime(value, RECEIVED_AT)).toEqual(RECEIVED_AT));

  it("always gives a valid time that is not after the receipt", () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.jsonValue()), (value) => {
        const time = readTime(value, RECEIVED_AT).getTime();
        expect(time).toBeGreaterThanOrEqual(0);
        expect(time).toBeLessThanOrEqual(RECEIVED_AT.getTime());
      }),
    );
  });
});
