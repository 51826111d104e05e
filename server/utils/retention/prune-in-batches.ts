import type { Place, PrunedBatch } from "./store";

/** Rows that are looked at in one transaction: few enough for others to hardly notice. */
const BATCH = 500;
// A run ends after a hundred thousand rows; the next day's goes on.
const BATCH_LIMIT = 200;

export interface Pruned {
  readonly deleted: number;
  /** Whether nothing was left to look at. */
  readonly isComplete: boolean;
}

/** Prunes a table a little at a time. Each batch is committed by itself, so that a run may end anywhere. */
export async function pruneInBatches(
  prune: (place: Place, limit: number) => Promise<PrunedBatch>,
): Promise<Pruned> {
  let deleted = 0;
  let place: Place;
  for (let batch = 0; batch < BATCH_LIMIT; batch += 1) {
    const done = await prune(place, BATCH);
    deleted += done.deleted;
    if (done.next === undefined) return { deleted, isComplete: true };
    place = done.next;
  }
  return { deleted, isComplete: false };
}
