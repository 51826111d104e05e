import { describe, expect, it } from "vitest";
import { readCount } from "../../../../scripts/admin/read-count";
import { readDuration } from "../../../../scripts/admin/read-duration";
import { readTime } from "../../../../scripts/admin/read-time";
import { UsageError } from "../../../../scripts/admin/usage-error";

describe("readDuration", () => {
  it.each([
    ["90d", 7_776_000_000],
    ["12h", 43_200_000],
    ["30m", 1_800_000],
    ["45s", 45_000],
    ["0d", 0],
    ["3650d", 315_360_000_000],
  ])("reads %s", (text, ms) => {
    expect(readDuration("--grace", text)).toBe(ms);
  });

  it.each(["", "90", "d", "90 d", "-1d", "1.5h", "1y", "3651d", "90D"])("refuses %j", (text) => {
    expect(() => readDuration("--grace", text)).toThrow(UsageError);
  });
});

describe("readCount", () => {
  it("reads a whole number, or nothing", () => {
    expect(readCount("--rpm", "0")).toBe(0);
    expect(readCount("--rpm", "250")).toBe(250);
    expect(readCount("--rpm", undefined)).toBeUndefined();
  });

  it.each(["-1", "1.5", "1e3", "many", "9999999999"])("refuses %j", (text) => {
    expect(() => readCount("--rpm", text)).toThrow("--rpm must be a whole number.");
  });
});

describe("readTime", () => {
  it.each([
    ["2026-11-22", "2026-11-22T00:00:00.000Z"],
    ["2026-11-22T10:00Z", "2026-11-22T10:00:00.000Z"],
    ["2026-11-22T10:00:00.5+02:00", "2026-11-22T08:00:00.500Z"],
  ])("reads %s", (text, at) => {
    expect(readTime("--since", text)?.toISOString()).toBe(at);
  });

  it.each(["2026-11-22T10:00:00", "2026-13-01", "yesterday", "1763805600"])("refuses %j", (text) => {
    expect(() => readTime("--since", text)).toThrow(UsageError);
  });
});
