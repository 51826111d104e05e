import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRegainMs } from "#server/utils/meta/read-regain-ms";

const MINUTE_MS = 60_000;
const usage = (minutes: unknown) => ({
  type: "whatsapp",
  call_count: 100,
  estimated_time_to_regain_access: minutes,
});

describe("readRegainMs", () => {
  it("reads minutes, the longest of all accounts", () => {
    expect(readRegainMs(JSON.stringify({ "1": [usage(3)], "2": [usage(19), usage(7)] }))).toBe(
      19 * MINUTE_MS,
    );
    expect(readRegainMs(JSON.stringify({ "1": [usage("5")] }))).toBe(5 * MINUTE_MS);
  });

  it("knows no time where the header names none", () => {
    for (const header of [null, undefined, "", "{}", "[]", "<html>", JSON.stringify({ "1": [usage(0)] })]) {
      expect(readRegainMs(header)).toBeUndefined();
    }
  });

  it("believes no more than a day, and takes whatever comes", () => {
    expect(readRegainMs(JSON.stringify({ "1": [usage(1e9)] }))).toBe(24 * 60 * MINUTE_MS);
    // What no primitive can be made of, found by chance.
    expect(readRegainMs(JSON.stringify({ a: [usage({ toString: "" })] }))).toBeUndefined();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ a: [usage(value)] })),
        ),
        (text) => {
          const ms = readRegainMs(text);
          expect(ms === undefined || (ms > 0 && ms <= 24 * 60 * MINUTE_MS)).toBe(true);
        },
      ),
    );
  });
});
