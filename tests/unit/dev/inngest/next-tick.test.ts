import { describe, expect, it } from "vitest";
import { nextTick } from "#dev/inngest/triggers/cron";

const noon = new Date("2026-01-15T12:00:00.000Z");

describe("nextTick", () => {
  it.each([
    ["*/5 * * * *", "2026-01-15T12:05:00.000Z"],
    ["30 9 * * *", "2026-01-16T09:30:00.000Z"],
    ["TZ=America/New_York 30 9 * * *", "2026-01-15T14:30:00.000Z"],
    ["* * * * * *", "2026-01-15T12:00:01.000Z"],
  ])("finds the next tick of %s", (cron, tick) => {
    expect(nextTick(cron, noon)?.toISOString()).toBe(tick);
  });

  it("refuses what is no cron expression", () => {
    expect(() => nextTick("sometimes", noon)).toThrow(/cron/i);
  });
});
