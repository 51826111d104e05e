import type { Backoff } from "../../meta/error-table";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

interface Growth {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

const GROWTH: Record<Exclude<Backoff, "settle" | "none"> | "connection", Growth> = {
  connection: { firstMs: SECOND_MS / 2, factor: 2, maxMs: 15 * SECOND_MS },
  number: { firstMs: SECOND_MS, factor: 2, maxMs: 64 * SECOND_MS },
  // 4^X seconds, X = 0, 1, 2 (Meta, "Pair rate limits"): up to X = 6, more than an hour.
  recipient: { firstMs: SECOND_MS, factor: 4, maxMs: 4 ** 6 * SECOND_MS },
  waba: { firstMs: MINUTE_MS, factor: 2, maxMs: HOUR_MS },
  app: { firstMs: MINUTE_MS, factor: 2, maxMs: HOUR_MS },
  spam: { firstMs: HOUR_MS, factor: 2, maxMs: 24 * HOUR_MS },
  minute: { firstMs: MINUTE_MS, factor: 2, maxMs: 15 * MINUTE_MS },
  five_minutes: { firstMs: 5 * MINUTE_MS, factor: 2, maxMs: HOUR_MS },
  ten_minutes: { firstMs: 10 * MINUTE_MS, factor: 2, maxMs: HOUR_MS },
};

/**
 * How long to wait before the next attempt of what was certainly not sent. With chance, so that what failed together does
 * not come back together; only upwards, because Meta counts what comes too early.
 *
 * @param times how often it failed in this way before
 */
export function retryDelayMs(backoff: Backoff | undefined, times: number): number {
  const kind = backoff === undefined || backoff === "settle" || backoff === "none" ? "connection" : backoff;
  const { firstMs, factor, maxMs } = GROWTH[kind];
  const delayMs = Math.min(firstMs * factor ** Math.min(Math.max(times, 0), 20), maxMs);
  return Math.round(delayMs * (1 + Math.random() * 0.2));
}
