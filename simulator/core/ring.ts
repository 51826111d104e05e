/** A log that forgets its oldest entries. */
export interface Ring<T> {
  push(entry: T): void;
  /** The entries kept, oldest first. */
  entries(): T[];
  clear(): void;
}

/** Keeps the last `capacity` entries, so that a long run does not fill the memory. */
export function createRing<T>(capacity: number): Ring<T> {
  let kept: T[] = [];
  return {
    push(entry) {
      kept.push(entry);
      // Trimming at twice the size makes the copy rare: constant cost per entry.
      if (kept.length >= capacity * 2) kept = kept.slice(-capacity);
    },
    entries: () => kept.slice(-capacity),
    clear() {
      kept = [];
    },
  };
}
