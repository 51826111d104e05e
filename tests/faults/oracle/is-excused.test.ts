import { describe, expect, it } from "vitest";
import { isExcused } from "./is-excused";

const SETTLE_MS = 2_000;

describe("isExcused", () => {
  it("excuses a second send after the settle time when Meta spoke only later", () => {
    const doubled = { uncertainAt: [1_000], resentAt: [3_050], reportedAt: [3_200, 3_300] };
    expect(isExcused(doubled, SETTLE_MS)).toBe(true);
  });

  it("does not when Meta had spoken within the settle time", () => {
    const doubled = { uncertainAt: [1_000], resentAt: [3_050], reportedAt: [2_900, 3_300] };
    expect(isExcused(doubled, SETTLE_MS)).toBe(false);
  });

  it("does not when the silence was too short", () => {
    const doubled = { uncertainAt: [1_000], resentAt: [2_500], reportedAt: [9_000] };
    expect(isExcused(doubled, SETTLE_MS)).toBe(false);
  });

  it("does not when nothing says why it was sent again, or that it was uncertain", () => {
    expect(isExcused({ uncertainAt: [1_000], resentAt: [], reportedAt: [9_000] }, SETTLE_MS)).toBe(false);
    expect(isExcused({ uncertainAt: [], resentAt: [5_000], reportedAt: [1_000] }, SETTLE_MS)).toBe(false);
  });

  it("asks for each time that it was sent again", () => {
    const doubled = { uncertainAt: [1_000, 4_000], resentAt: [3_100, 4_500], reportedAt: [9_000] };
    expect(isExcused(doubled, SETTLE_MS)).toBe(false);
  });
});
