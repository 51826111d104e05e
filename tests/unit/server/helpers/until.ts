import { vi } from "vitest";

/** Waits until the check passes: ten seconds at most, for a machine that is busy with other tests. */
export async function until(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: 10_000, interval: 10 });
}
