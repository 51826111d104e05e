import type { Clock } from "../core/clock";

/** Gathers items until there are enough, or until waiting longer makes no sense. */
export interface Collector<T> {
  /** True while a gathering is open. */
  readonly open: boolean;
  /** Opens a gathering of `size` items that ends after `waitMs` at the latest. */
  begin(size: number, waitMs: number, full: (items: T[]) => void): void;
  /** Adds to the open gathering. */
  add(item: T): void;
  /** Ends the open gathering now. */
  flush(): void;
  clear(): void;
}

/** The common part of batches and reorderings. */
export function createCollector<T>(clock: Clock): Collector<T> {
  let gathering: { items: T[]; size: number; cancel: () => void; full: (items: T[]) => void } | undefined;

  function flush(): void {
    const ended = gathering;
    gathering = undefined;
    ended?.cancel();
    if (ended !== undefined && ended.items.length > 0) ended.full(ended.items);
  }

  return {
    get open() {
      return gathering !== undefined;
    },
    begin(size, waitMs, full) {
      gathering = { items: [], size, full, cancel: clock.after(waitMs, flush) };
    },
    add(item) {
      gathering?.items.push(item);
      if (gathering !== undefined && gathering.items.length >= gathering.size) flush();
    },
    flush,
    clear() {
      gathering?.cancel();
      gathering = undefined;
    },
  };
}
