import type { PingCaller } from "./open-ping-caller";

const MOST_CALLS = 200_000;

/** What came of a round. */
export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Has each caller make one call after another for so long. A call that fails ends the round. */
export async function driveCallers(callers: readonly PingCaller[], roundMs: number): Promise<Round> {
  const timesMs: number[] = [];
  const startMs = performance.now();
  const work = async (caller: PingCaller): Promise<void> => {
    while (timesMs.length < MOST_CALLS) {
      const calledMs = performance.now();
      if (calledMs - startMs >= roundMs) return;
      await caller.call();
      timesMs.push(performance.now() - calledMs);
    }
  };
  await Promise.all(callers.map(work));
  const seconds = (performance.now() - startMs) / 1000;
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
