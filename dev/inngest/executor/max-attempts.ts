import type { FunctionConfig } from "../types";

/** Inngest's default when a function sets no `retries` (measured: `max_attempts: 5`). */
const DEFAULT_RETRIES = 4;

/** How many attempts a function and each of its steps have. */
export function maxAttempts(config: FunctionConfig): number {
  return (Object.values(config.steps)[0]?.retries?.attempts ?? DEFAULT_RETRIES) + 1;
}
