/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Draws from the items so that each comes once before any comes again. */
  bag<T>(items: readonly T[]): () => T;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a plan. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    bag<T>(items: readonly T[]) {
      let rest: T[] = [];
      return () => {
        if (rest.length === 0) rest = [...items];
        const [item] = rest.splice(between(0, rest.length - 1), 1);
        if (item === undefined) throw new Error("nothing to draw from");
        return item;
      };
    },
  };
}
