import type { Pacer } from "./create-pacer";

/** How long one message still may wait for the server. */
export interface WaitBudget {
  /** Milliseconds left; the clock starts with the first question. */
  remainingMs(): number;
  /** Milliseconds since the clock started. */
  waitedMs(): number;
  /** Waits before the next attempt: `ms` when given, else the growing backoff. False when no time is left for it. */
  pause(ms?: number): Promise<boolean>;
}

/** Creates a budget of `limitMs` milliseconds. */
export function createWaitBudget(pacer: Pacer, limitMs: number, signal: AbortSignal): WaitBudget {
  let startedAt: number | undefined;
  let attempt = 0;
  const waitedMs = (): number => performance.now() - (startedAt ??= performance.now());
  const remainingMs = (): number => limitMs - waitedMs();
  return {
    remainingMs,
    waitedMs,
    async pause(ms) {
      if (remainingMs() <= (ms ?? 0)) return false;
      if (ms === undefined) await pacer.backOff(attempt++, signal, remainingMs());
      else await pacer.wait(ms, signal);
      return true;
    },
  };
}
