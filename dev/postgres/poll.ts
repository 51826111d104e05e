import { setTimeout as delay } from "node:timers/promises";

const INTERVAL_MS = 10;

/**
 * Asks again and again until there is an answer.
 *
 * @param ask returns `undefined` while there is none yet; an error ends the polling
 * @returns the answer, or `undefined` when `timeoutMs` passed without one
 */
export async function poll<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= deadline) return answer;
    await delay(INTERVAL_MS);
  }
}
