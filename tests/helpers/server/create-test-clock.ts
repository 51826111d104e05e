import type { Clock } from "#server/utils/clock";

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  set(at: Date): void;
}

/** Begins at the real time, because a few columns are filled in by the database's own clock. */
export function createTestClock(start: Date = new Date()): TestClock {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms;
    },
    set(at) {
      nowMs = at.getTime();
    },
  };
}
