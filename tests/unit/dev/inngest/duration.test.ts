import { describe, expect, it } from "vitest";
import { parseDelayMs, parseDurationMs } from "#dev/inngest/duration";

describe("parseDurationMs", () => {
  it.each([
    ["1s", 1000],
    ["1w2d3h4m5s", 788_645_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["", 0],
  ])("reads %s", (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it("refuses anything else", () => {
    expect(() => parseDurationMs("soon")).toThrow(/duration/);
    expect(() => parseDurationMs("1 hour")).toThrow(/duration/);
  });
});

describe("parseDelayMs", () => {
  it("counts from now to a date and never backwards", () => {
    const now = Date.parse("2026-01-01T00:00:00.000Z");
    expect(parseDelayMs("2026-01-01T00:00:02.500Z", now)).toBe(2500);
    expect(parseDelayMs("2025-12-31T00:00:00.000Z", now)).toBe(0);
    expect(parseDelayMs("2s", now)).toBe(2000);
    expect(() => parseDelayMs("2026-99-99", now)).toThrow(/date/);
  });
});
