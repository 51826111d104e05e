import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { mediaObjects, messageEvents, messages } from "#db/schema/index";

/** Meta's id of a file that it has and keeps until then. */
export async function readUploadedId(
  tx: Transaction,
  mediaId: string,
  until: Date,
): Promise<string | undefined> {
  const rows = await tx
    .select({ waMediaId: mediaObjects.waMediaId })
    .from(mediaObjects)
    .where(
      and(
        eq(mediaObjects.id, mediaId),
        isNotNull(mediaObjects.waMediaId),
        sql`${mediaObjects.waMediaExpiresAt} > ${until.toISOString()}`,
      ),
    );
  return rows[0]?.waMediaId ?? undefined;
}

/** The conversation of a message, to be locked before it. */
export async function findConversationOf(tx: Transaction, messageId: string): Promise<string | undefined> {
  const rows = await tx
    .select({ conversationId: messages.conversationId })
    .from(messages)
    .where(eq(messages.id, messageId));
  return rows[0]?.conversationId;
}

/** Notes until when somebody is expected to upload a file; null when nobody is. */
export async function noteAnnounced(tx: Transaction, mediaId: string, until: Date | null): Promise<void> {
  await tx.update(mediaObjects).set({ nextAttemptAt: until }).where(eq(mediaObjects.id, mediaId));
}

/** How often an attempt to give Meta the file of a message failed, without those that only had to wait. */
export async function countFileFailures(tx: Transaction, messageId: string): Promise<number> {
  const rows = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(messageEvents)
    .where(and(eq(messageEvents.messageId, messageId), sql`${messageEvents.detail} ->> 'file' = 'failed'`));
  return rows[0]?.count ?? 0;
}
