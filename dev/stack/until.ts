import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MS = 50;

/**
 * Waits until `check` returns something, which it may refuse to do by throwing.
 *
 * @throws Error that names what was waited for, with the last failure as its cause
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const result = await check();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await pause(PAUSE_MS);
  } while (performance.now() < deadline);
  throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`, { cause: last });
}
