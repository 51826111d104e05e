import type { SystemContext } from "../context";
import { lockConversations } from "../messaging/sending/store";
import { daysAgo } from "./days-ago";
import { pruneInBatches } from "./prune-in-batches";
import { recordRetention, type RetentionReport } from "./record-retention";
import { deleteMessages, listOldMessages, lowerUnreadCounts, type Place, type PrunedBatch } from "./store";

/** Deletes messages that are older than MESSAGE_KEEP_DAYS, read or not. Conversations and contacts stay. */
export async function retainMessages(ctx: SystemContext): Promise<RetentionReport> {
  const before = daysAgo(ctx.clock, ctx.config.retention.messageDays);
  if (!before) return { deleted: 0 };
  const { deleted, isComplete } = await pruneInBatches((place, limit) =>
    deleteBatch(ctx, before, place, limit),
  );
  return recordRetention(ctx, "messages", before, { deleted, is_complete: isComplete });
}

async function deleteBatch(
  ctx: SystemContext,
  before: Date,
  place: Place,
  limit: number,
): Promise<PrunedBatch> {
  return ctx.database.asSystem(async (tx) => {
    const old = await listOldMessages(tx, before, place, limit);
    if (old.length === 0) return { deleted: 0, next: undefined };
    const conversationIds = [...new Set(old.map(({ conversationId }) => conversationId))];
    // The conversations first, as everywhere: a status that comes now waits, and then finds no message.
    await lockConversations(tx, conversationIds);
    const deleted = await deleteMessages(
      tx,
      old.map(({ id }) => id),
    );
    await lowerUnreadCounts(tx, conversationIds);
    return { deleted, next: old.length < limit ? undefined : old.at(-1)?.id };
  });
}
