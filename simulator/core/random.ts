/** A repeatable source of chance. */
export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  /** Starts the sequence that belongs to `seed` from its beginning. */
  reseed(seed: number): void;
}

/**
 * A seeded generator (xorshift, 32 bits), so that a run with faults by probability can be played again.
 * Never used for ids or secrets.
 */
export function createRandom(seed: number): Random {
  let state = 0;

  function reseed(value: number): void {
    // An xorshift state of zero stays zero for ever; the odd multiplier spreads small seeds apart.
    state = Math.imul(value ^ 0x5bd1e995, 0x9e3779b1) || 0x1234567;
  }

  function next(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  }

  reseed(seed);
  return { next, reseed };
}
