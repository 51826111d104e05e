import type { Clock } from "./clock";

// An answer that took longer says too little about when it was true.
const SLOW_ANSWER_MS = 100;

/** A clock that every process of the server shares. */
export interface SharedClock extends Clock {
  /** Compares it with the database's once more. */
  sync(): Promise<void>;
}

/**
 * The database's clock, carried on by this process's monotonic one. Processes compare times that others wrote: a lease, the
 * moment since when nobody knows, the last sign of life. With a clock of its own, a host that is two minutes behind has its
 * uncertain messages sent again at once by another, and doubled (measured).
 *
 * @param readTimeMs asks the database, in milliseconds since 1970
 */
export async function createSharedClock(readTimeMs: () => Promise<number>): Promise<SharedClock> {
  // The first answer includes connecting.
  let aheadMs = (await readTimeMs()) - performance.now();
  const sync = async (): Promise<void> => {
    const beforeMs = performance.now();
    const timeMs = await readTimeMs();
    const tookMs = performance.now() - beforeMs;
    const foundMs = timeMs - beforeMs - tookMs / 2;
    // A slow answer may be off by half its time; what it is off by more than that, this clock is.
    const isCertain = tookMs <= SLOW_ANSWER_MS || Math.abs(foundMs - aheadMs) > tookMs / 2;
    if (isCertain) aheadMs = foundMs;
  };
  await sync();
  return { now: () => new Date(performance.now() + aheadMs), sync };
}
