import type { Database } from "#db/client";
import type { Clock } from "../clock";
import { withTimeout } from "../with-timeout";
import type { QueueState } from "./queue-state";
import { readQueueState } from "./store";

export interface QueueReading {
  /** Undefined when the database gave none in time. */
  readonly state: QueueState | undefined;
  /** How long the database took, the wait for a connection included. */
  readonly durationMs: number;
}

export interface QueueReaderOptions {
  readonly database: Pick<Database, "asSystem">;
  readonly clock: Clock;
  /** Monotonic; for tests. */
  readonly nowMs?: () => number;
  readonly timeoutMs?: number;
}

// Several scrapers, or one that hurries, cost the database no more than this.
const KEEP_MS = 5_000;
// Prometheus waits 10 s for everything.
const TIMEOUT_MS = 2_000;

/**
 * Reads how much waits in the database, at most every five seconds. Scrapes that come at the same time share a reading, and one
 * that hangs is not begun again: a scrape that comes meanwhile is told so at once.
 */
export function createQueueReader(options: QueueReaderOptions): () => Promise<QueueReading> {
  const { database, clock, nowMs = () => performance.now(), timeoutMs = TIMEOUT_MS } = options;
  let last: Promise<QueueReading> | undefined;
  let keptUntilMs = 0;
  let isUnderWay = false;
  const read = async (): Promise<QueueReading> => {
    const startedMs = nowMs();
    const reading = database.asSystem((tx) => readQueueState(tx, clock.now(), timeoutMs));
    isUnderWay = true;
    const over = (): void => {
      isUnderWay = false;
    };
    reading.then(over, over);
    const state = await withTimeout(reading, timeoutMs, "counting what waits").catch(() => undefined);
    keptUntilMs = nowMs() + KEEP_MS;
    return { state, durationMs: nowMs() - startedMs };
  };
  return () => {
    if (!last || (nowMs() >= keptUntilMs && !isUnderWay)) {
      keptUntilMs = Infinity;
      last = read();
    }
    return last;
  };
}
