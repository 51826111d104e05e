import { describe, expect, it } from "vitest";
import { readWindow } from "#server/utils/messaging/window";

const LAST = new Date("2025-06-15T12:00:00.000Z");
const after = (ms: number): Date => new Date(LAST.getTime() + ms);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe("readWindow", () => {
  const wrote = { lastInboundAt: LAST, windowClosedAt: null };

  it("is closed for a person who never wrote", () => {
    const never = { lastInboundAt: null, windowClosedAt: null };
    expect(readWindow(never, LAST)).toEqual({ open: false, closes_at: null });
  });

  it("is open for 24 hours after the person last wrote less a minute, and says until when", () => {
    const closes_at = "2025-06-16T12:00:00.000Z";
    expect(readWindow(wrote, LAST)).toEqual({ open: true, closes_at });
    expect(readWindow(wrote, after(DAY_MS - MINUTE_MS - 1))).toEqual({ open: true, closes_at });
    expect(readWindow(wrote, after(DAY_MS - MINUTE_MS))).toEqual({ open: false, closes_at });
    expect(readWindow(wrote, after(30 * DAY_MS))).toEqual({ open: false, closes_at });
  });

  it("is closed from when WhatsApp said so, until the person writes again", () => {
    const closed = { ...wrote, windowClosedAt: after(1_000) };
    expect(readWindow(closed, after(2_000))).toEqual({ open: false, closes_at: after(1_000).toISOString() });
    expect(readWindow({ ...closed, lastInboundAt: after(2_000) }, after(3_000)).open).toBe(true);
  });

  it("is open again when the person writes within the second that Meta tells", () => {
    const closed = { lastInboundAt: LAST, windowClosedAt: after(999) };
    expect(readWindow(closed, after(1_500)).open).toBe(true);
  });
});
