const FIRST_MS = 50;
const CAP_MS = 5_000;

/**
 * How long to wait before attempt `attempt` (0 is the first repetition), in milliseconds: doubling from
 * 50 ms to a cap of 5 s, of which a random half is taken away, so that many shims do not come back to a
 * restarted server in step. A server that was away for three seconds is found again within one.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + random() / 2));
}
