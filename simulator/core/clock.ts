/** Time as the simulator sees it, so that tests can hold it in their hand. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `run` once after `delayMs` milliseconds; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Resolves after `delayMs` milliseconds; never once the clock has stopped. */
  wait(delayMs: number): Promise<void>;
  /** Cancels everything that is still waiting. */
  stop(): void;
}

/** The machine's own clock. It remembers its timers, so that a closed simulator leaves none behind. */
export function createSystemClock(): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  function after(delayMs: number, run: () => void): () => void {
    if (stopped) return () => {};
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  }

  return {
    now: () => Date.now(),
    after,
    wait: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
