import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../../scripts/stdio/backoff-ms";

describe("backoffMs", () => {
  it("doubles up to five seconds", () => {
    const longest = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, () => 1));
    expect(longest).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000]);
    expect(backoffMs(1_000_000, () => 1)).toBe(5000);
  });

  it("takes away at most half", () => {
    expect(backoffMs(4, () => 0)).toBe(400);
  });
});
