import type { Clock } from "../clock";
import { AppError } from "../errors";
import { dropOldest } from "./drop-oldest";

/** Refused attempts that one caller has within a minute. */
export const FAILURE_LIMIT = 10;
export const FAILURE_WINDOW_MS = 60_000;
/** Callers that are remembered; the one that was seen longest ago goes. */
export const FAILURE_ENTRIES = 10_000;

interface Caller {
  failedAtMs: number[];
  /** Attempts whose outcome is not known yet. */
  readonly pending: Set<Promise<unknown>>;
  toldAtMs: number;
}

export interface FailureLimiter {
  /**
   * Carries out an attempt to authenticate. When it is refused it counts against the caller; when that has too many it is
   * not begun.
   *
   * @param isProven whether the key is one that was good before: then the attempt begins in any case
   * @throws AppError `rate_limited` with the seconds until the next attempt; `unauthorized` as the attempt threw it
   */
  attempt<T>(group: string, work: () => Promise<T>, isProven: () => boolean): Promise<T>;
}

/**
 * Limits refused attempts per caller, in this process. Exact under concurrency: attempts beyond those that may still fail
 * wait until the others have their answers.
 *
 * @param onLimited called before the first refusal of each window
 */
export function createFailureLimiter(
  clock: Clock,
  onLimited: (group: string) => Promise<void>,
): FailureLimiter {
  const callers = new Map<string, Caller>();
  return {
    async attempt(group, work, isProven) {
      let caller = open(callers, group, clock);
      while (caller.failedAtMs.length + caller.pending.size >= FAILURE_LIMIT && !isProven()) {
        if (caller.failedAtMs.length >= FAILURE_LIMIT) await refuse(caller, group, clock, onLimited);
        else await Promise.race(caller.pending);
        caller = open(callers, group, clock);
      }
      // Nothing is awaited between the count and this, so that parallel attempts cannot pass it together.
      const outcome = count(caller, clock, work);
      const settled: Promise<unknown> = Promise.allSettled([outcome]).then(() =>
        caller.pending.delete(settled),
      );
      caller.pending.add(settled);
      return outcome;
    },
  };
}

function open(callers: Map<string, Caller>, group: string, clock: Clock): Caller {
  const caller = callers.get(group) ?? { failedAtMs: [], pending: new Set(), toldAtMs: -Infinity };
  const sinceMs = clock.now().getTime() - FAILURE_WINDOW_MS;
  caller.failedAtMs = caller.failedAtMs.filter((atMs) => atMs > sinceMs);
  callers.delete(group);
  dropOldest(callers, FAILURE_ENTRIES);
  callers.set(group, caller);
  return caller;
}

async function count<T>(caller: Caller, clock: Clock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthorized") {
      caller.failedAtMs.push(clock.now().getTime());
    }
    throw error;
  }
}

async function refuse(
  caller: Caller,
  group: string,
  clock: Clock,
  onLimited: (group: string) => Promise<void>,
): Promise<never> {
  const nowMs = clock.now().getTime();
  // Only when of the last ten the oldest has aged is there a place again.
  const freeAtMs = Math.min(...caller.failedAtMs.slice(-FAILURE_LIMIT)) + FAILURE_WINDOW_MS;
  if (nowMs - caller.toldAtMs >= FAILURE_WINDOW_MS) {
    caller.toldAtMs = nowMs;
    await onLimited(group);
  }
  throw new AppError("rate_limited", "Too many attempts without a valid API key came from this address.", {
    advice: "Check the key that your agents send, and try again after the given time.",
    retryAfterSeconds: Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000)),
  });
}
