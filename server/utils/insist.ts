import { setTimeout as pause } from "node:timers/promises";
import { toAppError } from "./errors";

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 4_000;

/**
 * Does a piece of work that must not be given up because the database is away for a moment: what it would write is known
 * nowhere else.
 *
 * @throws whatever the work throws that is not retryable, or its last failure when the time is up
 */
export async function insist<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!toAppError(error).retryable || performance.now() + pauseMs > deadline) throw error;
      await pause(pauseMs);
    }
  }
}
