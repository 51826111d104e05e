import { backoffMs } from "./backoff-ms";

/** Spaces out attempts to reach the server. */
export interface Pacer {
  /** Waits out the backoff of `attempt`; ends early at `maxMs`, on abort, or when anybody reaches the server. */
  backOff(attempt: number, signal: AbortSignal, maxMs?: number): Promise<void>;
  /** Waits exactly `ms`, as the server asked for; only the signal ends it early. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Somebody had an answer from the server: everybody who backs off tries at once. */
  wake(): void;
}

/** Creates the {@link Pacer} that all attempts of one shim share. */
export function createPacer(): Pacer {
  const sleepers = new Set<() => void>();

  const sleep = (ms: number, signal: AbortSignal, wakeable: boolean): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal.aborted) return done();
      signal.addEventListener("abort", done);
      if (wakeable) sleepers.add(done);
    });

  return {
    backOff: (attempt, signal, maxMs = Infinity) => sleep(Math.min(maxMs, backoffMs(attempt)), signal, true),
    wait: (ms, signal) => sleep(ms, signal, false),
    wake: () => {
      for (const done of sleepers) done();
    },
  };
}
