import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reportWaiting } from "#server/utils/messaging/reading/report-waiting";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reports at once and then every 15 s, with a number that grows, until it is ended", () => {
  const reports: unknown[][] = [];
  const stop = reportWaiting({ reportProgress: (...report) => void reports.push(report) }, 110);
  expect(reports).toEqual([[0, 110, "Waiting for messages"]]);
  vi.advanceTimersByTime(44_000);
  expect(reports.map(([done]) => done)).toEqual([0, 15, 30]);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(reports).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

it("starts nothing for a client that wants no progress", () => {
  reportWaiting({}, 110)();
  expect(vi.getTimerCount()).toBe(0);
});
