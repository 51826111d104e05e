import type { SystemContext } from "../context";
import { daysAgo } from "./days-ago";
import { pruneInBatches } from "./prune-in-batches";
import { recordRetention, type RetentionReport } from "./record-retention";
import { deleteInboxBodies } from "./store";

/** Deletes webhook bodies that were handled more than INBOX_KEEP_DAYS ago. Dead letters and what is unread stay. */
export async function retainInbox(ctx: SystemContext): Promise<RetentionReport> {
  const before = daysAgo(ctx.clock, ctx.config.retention.inboxDays);
  if (!before) return { deleted: 0 };
  const { deleted, isComplete } = await pruneInBatches((place, limit) =>
    deleteInboxBodies(ctx.database.system, before, place, limit),
  );
  return recordRetention(ctx, "inbox", before, { deleted, is_complete: isComplete });
}
