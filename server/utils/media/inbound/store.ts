import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { mediaObjects, messages } from "#db/schema/index";
import type { InboundMedia } from "../../meta/inbound-media";

/** A file that came, and with what. */
export interface ReceivedMedia extends InboundMedia {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly wamid: string;
  readonly receivedAt: Date;
  readonly waMediaExpiresAt: Date;
  /** When the sweep may think that nobody fetches it. */
  readonly nextAttemptAt: Date;
}

/** Writes down a file that is to be fetched, once for its message. Returns whether it was not there yet. */
export async function insertInboundMedia(tx: Transaction, media: ReceivedMedia): Promise<boolean> {
  const subjects = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.phoneNumberId, media.phoneNumberId), eq(messages.wamid, media.wamid)));
  const messageId = subjects[0]?.id;
  if (!messageId) return false;
  const rows = await tx
    .insert(mediaObjects)
    .values({
      id: media.id,
      phoneNumberId: media.phoneNumberId,
      messageId,
      direction: "inbound",
      kind: media.kind,
      declaredType: media.declaredType ?? null,
      expectedSha256: media.sha256 ?? null,
      fileName: media.fileName ?? null,
      waMediaId: media.waMediaId,
      waMediaExpiresAt: media.waMediaExpiresAt,
      nextAttemptAt: media.nextAttemptAt,
      createdAt: media.receivedAt,
    })
    .onConflictDoNothing()
    .returning({ id: mediaObjects.id });
  return rows.length > 0;
}

/** Whether the author of a file's message took that back: nobody may see it any more. */
export async function isTakenBack(tx: Transaction, mediaId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(mediaObjects, eq(mediaObjects.messageId, messages.id))
    .where(and(eq(mediaObjects.id, mediaId), isNotNull(messages.revokedAt)));
  return rows.length > 0;
}

/**
 * Files that wait and that nobody works on, and puts off when they are looked for again.
 *
 * @param lookAgainAt when the sweep may find the same ones once more
 */
export async function takeAbandonedMedia(
  tx: Transaction,
  now: Date,
  lookAgainAt: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update media_objects set next_attempt_at = ${lookAgainAt.toISOString()}::timestamptz
    where id in (
      select id from media_objects
      where state = 'pending' and direction = 'inbound' and next_attempt_at <= ${now.toISOString()}::timestamptz
        and (claim_expires_at is null or claim_expires_at <= ${now.toISOString()}::timestamptz)
      order by next_attempt_at limit ${limit} for update skip locked
    )
    returning id`);
  return rows.map(({ id }) => id);
}
