// Meta, "Pair rate limits": one message per six seconds to the same person on average, 45 of them borrowed at once.
const BURST = 45;
const INTERVAL_MS = 6_000;
const BORROWED_MS = (BURST - 1) * INTERVAL_MS;

const later = (a: Date | null, b: Date): Date => (a && a > b ? a : b);

/**
 * Keeps sends to one person within what Meta takes. A conversation's `pacedUntil` stands for all its attempts: the time
 * at which they will have been worth six seconds each (GCRA). So it is exact and needs no look at the attempts.
 */
export const pairPacing = {
  /** When the next attempt may begin; null when at any time. */
  nextAt: (pacedUntil: Date | null): Date | null =>
    pacedUntil && new Date(pacedUntil.getTime() - BORROWED_MS),

  /** `pacedUntil` after an attempt that begins now. */
  afterAttempt: (pacedUntil: Date | null, now: Date): Date =>
    new Date(later(pacedUntil, now).getTime() + INTERVAL_MS),

  /** `pacedUntil` after Meta said that it was too much: nothing is left to borrow, and nothing goes before `retryAt`. */
  afterRefusal: (pacedUntil: Date | null, retryAt: Date): Date =>
    later(pacedUntil, new Date(retryAt.getTime() + BORROWED_MS)),
};
