import type { SystemContext } from "../context";
import { daysAgo } from "./days-ago";
import { pruneInBatches } from "./prune-in-batches";
import { recordRetention, type RetentionReport } from "./record-retention";
import { deleteChanges, deleteParkedStatuses } from "./store";

/**
 * Deletes what the change feed says of more than CHANGE_KEEP_DAYS ago, and statuses that never found their message. An older
 * cursor stays good: it goes on with what is left, and that holds everything that is unread.
 */
export async function retainChanges(ctx: SystemContext): Promise<RetentionReport> {
  const before = daysAgo(ctx.clock, ctx.config.retention.changeDays);
  if (!before) return { changes: 0, parked_statuses: 0 };
  const { system } = ctx.database;
  const changes = await pruneInBatches((place, limit) => deleteChanges(system, before, place, limit));
  const parked = await pruneInBatches((place, limit) => deleteParkedStatuses(system, before, place, limit));
  return recordRetention(ctx, "changes", before, {
    changes: changes.deleted,
    parked_statuses: parked.deleted,
    is_complete: changes.isComplete && parked.isComplete,
  });
}
