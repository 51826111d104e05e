import type { Change, ChangeSource } from "../context";

/** Calls of one key that may wait at the same time, in this process. */
export const WAITERS_PER_KEY = 32;

export interface WakeupOptions {
  readonly changes: ChangeSource;
  readonly keyId: string;
  /** Our ids of the numbers, conversations or messages that are waited for. */
  readonly ids: readonly string[];
  /** Whether the caller is to be woken for a change of one of them. */
  readonly concerns: (change: Change) => boolean;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What wakes a call that waits. */
export interface Wakeup {
  /**
   * Resolves with `changed` when something has happened since the last time, however often; with `late` when the time is over,
   * and with `gone` when the caller is.
   */
  next(): Promise<"changed" | "late" | "gone">;
  /** Leaves nothing behind. */
  end(): void;
}

/**
 * Begins to listen for a call, before it looks: so nothing falls in between. While it looks it is not woken again, but once
 * afterwards. Undefined when too many calls of the key are waiting already.
 */
export function createWakeup(options: WakeupOptions): Wakeup | undefined {
  const { changes, keyId, ids, concerns, signal, timeoutMs } = options;
  if (changes.countOf(keyId) >= WAITERS_PER_KEY) return undefined;
  let isChanged = false;
  let isLate = false;
  let wake = (): void => {};
  const unsubscribe = changes.subscribe(
    (change) => {
      if (change && !concerns(change)) return;
      isChanged = true;
      wake();
    },
    { ids, keyId },
  );
  const timer = setTimeout(() => {
    isLate = true;
    wake();
  }, timeoutMs);
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  return {
    async next() {
      if (!isChanged && !isLate && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal.aborted) return "gone";
      if (!isChanged) return "late";
      isChanged = false;
      return "changed";
    },
    end() {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
