import type { CheckState } from "./check-state";

// Whoever mended it wants to see that soon.
const KEEP_BAD_MS = 15_000;

/**
 * A check that asks at most once in a while, however often it is asked; who comes meanwhile gets what was found last, or waits
 * for the same answer. One that hangs is not begun again: each would hold a thread of the few that there are for files and names.
 */
export function createCachedCheck(
  check: () => Promise<CheckState>,
  keepMs: number,
  nowMs: () => number = () => performance.now(),
): () => Promise<CheckState> {
  let found: Promise<CheckState> | undefined;
  let keptUntilMs = 0;
  const ask = async (): Promise<CheckState> => {
    keptUntilMs = Infinity;
    try {
      const answer = await check();
      keptUntilMs = nowMs() + (answer.state === "ok" ? keepMs : Math.min(keepMs, KEEP_BAD_MS));
      return answer;
    } catch (error) {
      keptUntilMs = nowMs();
      throw error;
    }
  };
  return () => {
    if (!found || nowMs() >= keptUntilMs) found = ask();
    return found;
  };
}
