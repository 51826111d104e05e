const TABLE_SECONDS = [15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200];
const JITTER_SECONDS = 30;
const UNREACHABLE_FIRST_MS = 250;
const UNREACHABLE_MAX_MS = 60_000;

/** Milliseconds before the next attempt: Inngest's table with up to 30 s of jitter (measured), or a fixed interval. */
export function backoffMs(attempt: number, fixedMs: number | undefined): number {
  if (fixedMs !== undefined) return fixedMs;
  const seconds = TABLE_SECONDS[Math.min(attempt, TABLE_SECONDS.length - 1)] ?? 0;
  return (seconds + Math.random() * JITTER_SECONDS) * 1000;
}

/** Milliseconds before an app that could not be reached is called again. */
export function unreachableBackoffMs(failures: number): number {
  return Math.min(UNREACHABLE_FIRST_MS * 2 ** failures, UNREACHABLE_MAX_MS);
}
