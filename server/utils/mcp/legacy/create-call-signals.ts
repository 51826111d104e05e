import { mergeSignals } from "../merge-signals";

/** Lets the calls of a session be brought to their end. */
export interface CallSignals {
  /** The signal of one request: aborted when its connection is gone, or when it is released. */
  open(connection: AbortSignal): AbortSignal;
  /** Has the calls that wait now answer with what they have. */
  release(): void;
  /** The same, also for all that come. */
  end(): void;
  readonly isEnded: boolean;
}

/** Gives every request a signal of its own, so that nothing of it stays at the session when its connection is gone. */
export function createCallSignals(): CallSignals {
  const calls = new Set<AbortController>();
  let isEnded = false;
  const release = (): void => {
    for (const call of calls) call.abort();
    calls.clear();
  };
  return {
    open(connection) {
      const call = new AbortController();
      if (isEnded) call.abort();
      else if (!connection.aborted) {
        calls.add(call);
        connection.addEventListener("abort", () => calls.delete(call), { once: true });
      }
      return mergeSignals(connection, call.signal);
    },
    release,
    get isEnded() {
      return isEnded;
    },
    end() {
      isEnded = true;
      release();
    },
  };
}
