import { vi } from "vitest";

// Below the 20 s that a test has, so that what fails is the check, with what it saw. The default of one second is less than a
// busy machine may stand still.
const PATIENCE = { timeout: 15_000, interval: 10 };

/**
 * Repeats a check until it throws nothing, and returns what it returned. For everything that crosses a process, a socket, the
 * database or a timer.
 *
 * @throws what the check threw last, when 15 s are over
 */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, PATIENCE);
}
