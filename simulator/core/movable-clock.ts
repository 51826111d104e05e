import type { Clock } from "./clock";

/** A clock that can be put forward, so that a test need not wait five minutes, a day or a month. */
export interface MovableClock extends Clock {
  /** Puts `now` forward by so many milliseconds. Timers keep their real length. */
  advance(ms: number): void;
  /** How far `now` is ahead, in milliseconds. */
  readonly aheadMs: number;
  /** Back to the real time. */
  restore(): void;
}

/** Puts a clock in front of another one. */
export function createMovableClock(base: Clock): MovableClock {
  let aheadMs = 0;
  return {
    now: () => base.now() + aheadMs,
    after: (delayMs, run) => base.after(delayMs, run),
    wait: (delayMs) => base.wait(delayMs),
    stop: () => base.stop(),
    advance(ms) {
      aheadMs += ms;
    },
    get aheadMs() {
      return aheadMs;
    },
    restore() {
      aheadMs = 0;
    },
  };
}
