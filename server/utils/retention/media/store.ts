import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** A file whose row says no more that it is there. */
export interface ForgottenFile {
  readonly id: string;
  /** Below MEDIA_ROOT; null when there never was one. */
  readonly path: string | null;
}

const time = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Says of files that they are gone: those older than a moment, and those of messages that their authors took back. */
export async function forgetFiles(
  tx: Transaction,
  before: Date | undefined,
  limit: number,
): Promise<ForgottenFile[]> {
  const isOld = before ? sql`created_at < ${time(before)}` : sql`false`;
  const rows = await tx.execute<{ id: string; path: string | null }>(sql`
    with gone as (
      select id, path from media_objects
      where state <> 'deleted' and (${isOld} or exists (
        select from messages m where m.id = media_objects.message_id and m.revoked_at is not null))
      order by id limit ${limit} for update skip locked
    )
    update media_objects o set state = 'deleted', path = null, file_name = null, source_url = null,
      claim_expires_at = null, next_attempt_at = null
    from gone where o.id = gone.id returning o.id, gone.path`);
  return [...rows];
}

/** Deletes the rows of files whose messages were deleted: what came in at once, what was sent when it is as old as they are. */
export async function deleteUnattached(
  tx: Transaction,
  sentBefore: Date | undefined,
  limit: number,
): Promise<ForgottenFile[]> {
  const isSentLongAgo = sentBefore
    ? sql`(direction = 'outbound' and created_at < ${time(sentBefore)})`
    : sql`false`;
  const rows = await tx.execute<{ id: string; path: string | null }>(sql`
    delete from media_objects where id in (
      select id from media_objects where message_id is null and (direction = 'inbound' or ${isSentLongAgo})
      order by id limit ${limit} for update skip locked
    ) returning id, path`);
  return [...rows];
}

/** Which of these paths some row names. */
export async function listKnownPaths(tx: Transaction, files: readonly ForgottenFile[]): Promise<Set<string>> {
  if (files.length === 0) return new Set();
  const rows = await tx.execute<{ path: string }>(sql`
    select path from media_objects
    where id in ${files.map(({ id }) => id)} and path is not null`);
  return new Set(rows.map(({ path }) => path));
}
