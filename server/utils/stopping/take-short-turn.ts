import { setImmediate as nextTurn } from "node:timers/promises";

// One that takes longer was busy, and something may have arrived meanwhile.
const SHORT_TURN_MS = 0.5;

/**
 * Resolves right after Node has read all that had arrived: what is closed then was idle. Bounded, because a busy process may have
 * no such moment.
 *
 * @param isSettled what else has to be true of the turn
 * @returns whether there was such a moment
 */
export async function takeShortTurn(
  limitMs: number,
  isSettled: () => boolean = () => true,
): Promise<boolean> {
  // The rest of this turn is no whole one.
  await nextTurn();
  const end = performance.now() + limitMs;
  let begun = performance.now();
  while (begun < end) {
    await nextTurn();
    const now = performance.now();
    if (now - begun < SHORT_TURN_MS && isSettled()) return true;
    begun = now;
  }
  return false;
}
