import { describe, expect, it } from "vitest";
import { backoffMs, unreachableBackoffMs } from "#dev/inngest/executor/backoff";

describe("backoffMs", () => {
  it("follows Inngest's table with up to 30 s on top, or a fixed interval", () => {
    expect(backoffMs(0, undefined)).toBeGreaterThanOrEqual(15_000);
    expect(backoffMs(0, undefined)).toBeLessThanOrEqual(45_000);
    expect(backoffMs(99, undefined)).toBeGreaterThanOrEqual(7_200_000);
    expect(backoffMs(5, 1000)).toBe(1000);
  });
});

describe("unreachableBackoffMs", () => {
  it("grows up to a minute", () => {
    expect([0, 1, 2].map(unreachableBackoffMs)).toEqual([250, 500, 1000]);
    expect(unreachableBackoffMs(50)).toBe(60_000);
  });
});
