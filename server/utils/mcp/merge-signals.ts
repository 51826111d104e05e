/**
 * A signal that is aborted with the first of these, which all have to end with the same request. With listeners, because on
 * Node 20 `AbortSignal.any` leaves something of every call at each of its sources.
 */
export function mergeSignals(...signals: readonly AbortSignal[]): AbortSignal {
  const merged = new AbortController();
  const abort = (): void => merged.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return merged.signal;
}
