import { createCoalescer } from "../../coalesce";

export interface TellerOptions {
  /** The number of the last change that this process has passed on. */
  readonly lastSeq: () => number;
  /** Tells the client. `toldSeq` is the place it may come back to once it has heard this. */
  readonly tell: (uri: string, toldSeq: number) => void;
}

/** Tells one stream what changed, and knows how far it has told. */
export interface Teller {
  readonly uris: ReadonlySet<string>;
  /** Everything up to this place was told, or concerns others. Never moves back. */
  readonly toldSeq: number;
  add(uri: string): void;
  remove(uri: string): void;
  /** Notes that these addresses changed, all in one change, and tells of them. */
  note(uris: readonly string[], seq: number): void;
  /** Notes that these may have changed, whenever that was since the last place that was told. */
  noteMaybe(uris: Iterable<string>): void;
  /** Keeps the place before `seq` until `release`, because it is not known yet whether this address changed. */
  hold(uri: string, seq: number): void;
  release(uri: string): void;
  /**
   * Begins to tell: first what was missed, oldest first, and what was noted in the meantime.
   *
   * @param startSeq the place up to which everything was told before
   */
  begin(startSeq: number, missed: ReadonlyMap<string, number>): void;
  end(): void;
}

/**
 * What changed and was not told yet stands in `pending`, with the number of its newest change. Whoever comes back to a place
 * before the smallest of them is told of all of them.
 */
export function createTeller({ lastSeq, tell }: TellerOptions): Teller {
  const uris = new Set<string>();
  const pending = new Map<string, number>();
  const held = new Map<string, number>();
  let reachedSeq = 0;
  let hasBegun = false;
  const readTold = (): number => {
    if (hasBegun) {
      const untold = [...pending.values(), ...held.values()];
      reachedSeq = Math.max(reachedSeq, untold.length > 0 ? Math.min(...untold) - 1 : lastSeq());
    }
    return reachedSeq;
  };
  const flush = (uri: string): void => {
    if (!hasBegun || !pending.delete(uri)) return;
    if (uris.has(uri)) tell(uri, readTold());
  };
  const coalescer = createCoalescer(flush);
  const note = (touched: readonly string[], seq: number): void => {
    const own = touched.filter((uri) => uris.has(uri));
    // All before the first is told, so that its place is before the others.
    for (const uri of own) pending.set(uri, seq);
    if (hasBegun) own.forEach(coalescer.touch);
  };
  return {
    uris,
    get toldSeq() {
      return readTold();
    },
    add: (uri) => void uris.add(uri),
    remove(uri) {
      uris.delete(uri);
      pending.delete(uri);
      held.delete(uri);
    },
    note,
    // Not from where the feed is now: it may have jumped.
    noteMaybe: (touched) => note([...touched], reachedSeq + 1),
    hold: (uri, seq) => void held.set(uri, seq),
    release: (uri) => void held.delete(uri),
    begin(startSeq, missed) {
      reachedSeq = startSeq;
      for (const [uri, seq] of missed)
        if (uris.has(uri)) pending.set(uri, Math.max(seq, pending.get(uri) ?? 0));
      hasBegun = true;
      const oldestFirst = [...pending].toSorted(([, a], [, b]) => a - b);
      for (const [uri] of oldestFirst) coalescer.touch(uri);
    },
    end: coalescer.end,
  };
}
