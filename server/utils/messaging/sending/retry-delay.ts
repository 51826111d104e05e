import type { SendError } from "../../meta/send-outcome";

const PAIR_RATE = 131056;
const SLOW_DOWN = new Set([4, 17, 613, 80007, 2494100]);

/**
 * How long to wait before the next attempt of a message that was certainly not sent.
 *
 * @param attempts how many there were, the last one included
 */
export function retryDelayMs(error: SendError, attempts: number): number {
  const step = Math.max(0, attempts - 1);
  // Nothing gets better by itself within seconds when a token or an account needs a person.
  if (error.needsHuman) return limit(60_000, 2, step, 15 * 60_000);
  // Meta's own rule for one recipient: 4^X seconds (Cloud API, "Pair rate limits").
  if (error.code === PAIR_RATE) return limit(1_000, 4, step, 256_000);
  if (error.code !== undefined && SLOW_DOWN.has(error.code)) return limit(60_000, 2, step, 60 * 60_000);
  return limit(500, 2, step, 15_000);
}

// With jitter, so that what failed together does not come back together.
function limit(firstMs: number, factor: number, step: number, maxMs: number): number {
  const delayMs = Math.min(firstMs * factor ** Math.min(step, 20), maxMs);
  return Math.round(delayMs * (0.9 + Math.random() * 0.2));
}
