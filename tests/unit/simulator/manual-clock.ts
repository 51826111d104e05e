import type { Clock } from "#simulator/core/clock";

/** A clock that moves only when told to. */
export interface ManualClock extends Clock {
  /** Moves on, running what falls due on the way, and lets promises settle. */
  advance(ms: number): Promise<void>;
}

/** Starts at a fixed point in time. */
export function createManualClock(start = 1_750_000_000_000): ManualClock {
  let now = start;
  let waiting: { at: number; run: () => void }[] = [];

  function after(delayMs: number, run: () => void): () => void {
    const entry = { at: now + delayMs, run };
    waiting.push(entry);
    return () => {
      waiting = waiting.filter((other) => other !== entry);
    };
  }

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const due = waiting.filter((entry) => entry.at <= end).sort((left, right) => left.at - right.at)[0];
      if (due === undefined) break;
      now = Math.max(now, due.at);
      waiting = waiting.filter((other) => other !== due);
      due.run();
    }
    now = end;
  }

  return {
    now: () => now,
    after,
    wait: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    stop: () => {
      waiting = [];
    },
    advance,
  };
}
