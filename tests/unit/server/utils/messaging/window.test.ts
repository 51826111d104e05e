import { describe, expect, it } from "vitest";
import { readWindow } from "#server/utils/messaging/window";

const LAST = new Date("2025-06-15T12:00:00.000Z");
const after = (ms: number): Date => new Date(LAST.getTime() + ms);
const DAY_MS = 86_400_000;

describe("readWindow", () => {
  it("is closed for a person who never wrote", () => {
    expect(readWindow(null, LAST)).toEqual({ open: false, closes_at: null });
  });

  it("is open for 24 hours after the person last wrote, and says until when", () => {
    const closes_at = "2025-06-16T12:00:00.000Z";
    expect(readWindow(LAST, LAST)).toEqual({ open: true, closes_at });
    expect(readWindow(LAST, after(DAY_MS - 1))).toEqual({ open: true, closes_at });
    expect(readWindow(LAST, after(DAY_MS))).toEqual({ open: false, closes_at });
    expect(readWindow(LAST, after(30 * DAY_MS))).toEqual({ open: false, closes_at });
  });
});
