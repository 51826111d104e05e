import { afterEach, expect, it, vi } from "vitest";
import { systemClock } from "#server/utils/clock";

afterEach(() => void vi.useRealTimers());

it("the system's clock tells the machine's time, each time anew", () => {
  vi.useFakeTimers({ now: 1_750_000_000_000 });
  expect(systemClock.now()).toEqual(new Date(1_750_000_000_000));
  vi.advanceTimersByTime(1_500);
  expect(systemClock.now()).toEqual(new Date(1_750_000_001_500));
});
