import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** A place in a table, to go on behind it; undefined at the beginning. */
export type Place = string | undefined;

/** What one batch did. */
export interface PrunedBatch {
  readonly deleted: number;
  /** Where the next batch goes on; undefined when there is nothing more. */
  readonly next: Place;
}

const time = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;
// What was stored before a moment has a smaller id than what is made at it: the primary key is read from its beginning.
const madeBefore = (at: Date): SQL => sql`uuid_floor(${time(at)})`;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** A message that may be deleted. */
export interface OldMessage {
  readonly id: string;
  readonly conversationId: string;
}

/** Messages that were stored before a moment and are over; one that is still to be sent is never old. */
export async function listOldMessages(
  tx: Transaction,
  before: Date,
  place: Place,
  limit: number,
): Promise<OldMessage[]> {
  const rows = await tx.execute<{ id: string; conversation_id: string }>(sql`
    select id, conversation_id from messages
    where id < ${madeBefore(before)} and id > ${place ?? FIRST_ID} and status not in ('queued', 'held', 'sending')
      and created_at < ${time(before)}
    order by id limit ${limit}`);
  return rows.map((row) => ({ id: row.id, conversationId: row.conversation_id }));
}

/** Deletes messages with their histories. What belongs to them otherwise goes with them, or names them by id only. */
export async function deleteMessages(tx: Transaction, ids: readonly string[]): Promise<number> {
  const chosen = sql`(
    select id from messages where id in ${[...ids]} and status not in ('queued', 'held', 'sending') for update
  )`;
  await tx.execute(sql`delete from message_events where message_id in ${chosen}`);
  const rows = await tx.execute<{ id: string }>(sql`delete from messages where id in ${chosen} returning id`);
  return rows.length;
}

/** Nobody can have more unread than there is. */
export async function lowerUnreadCounts(tx: Transaction, conversationIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update conversations c
    set unread_count = (
      select count(*) from (
        select from messages m where m.conversation_id = c.id and m.direction = 'inbound' limit c.unread_count
      ) as left_over
    )
    where c.id in ${[...conversationIds]} and c.unread_count > 0`);
}

/** Bodies that were handled, as Meta sent them. Dead letters stay: they are the evidence, and can be played again. */
export async function deleteInboxBodies(
  tx: Transaction,
  before: Date,
  place: Place,
  limit: number,
): Promise<PrunedBatch> {
  const rows = await tx.execute<{ id: string }>(sql`
    delete from webhook_inbox where id in (
      select id from webhook_inbox
      where id < ${madeBefore(before)} and id > ${place ?? FIRST_ID} and state = 'done' and processed_at < ${time(before)}
      order by id limit ${limit}
    ) returning id`);
  return batchOf(
    rows.map(({ id }) => id),
    limit,
  );
}

/**
 * A piece of the change feed. What somebody may still be waiting for stays: the arrival of what is unread, which a caller
 * without a cursor begins with. So does the newest change, from which the feed's end is read.
 */
export async function deleteChanges(
  tx: Transaction,
  before: Date,
  place: Place,
  limit: number,
): Promise<PrunedBatch> {
  const rows = await tx.execute<{ seq: string; is_deleted: boolean }>(sql`
    with piece as (
      select c.seq, c.kind = 'message' and c.direction = 'inbound' and v.unread_count > 0 as is_unread
      from changes c left join conversations v on v.id = c.conversation_id
      where c.seq > ${place ?? "0"}::bigint and c.created_at < ${time(before)}
        and c.seq < (select max(newest.seq) from changes newest)
      order by c.seq limit ${limit}
    ), gone as (
      delete from changes where seq in (select seq from piece where is_unread is not true) returning seq
    )
    select piece.seq, gone.seq is not null as is_deleted from piece left join gone on gone.seq = piece.seq
    order by piece.seq`);
  const last = rows.at(-1);
  return {
    deleted: rows.filter((row) => row.is_deleted).length,
    next: last && rows.length === limit ? String(last.seq) : undefined,
  };
}

/** Statuses that found no message: whoever sent those, it was nobody here. */
export async function deleteParkedStatuses(
  tx: Transaction,
  before: Date,
  place: Place,
  limit: number,
): Promise<PrunedBatch> {
  const rows = await tx.execute<{ id: string }>(sql`
    delete from message_events where id in (
      select id from message_events
      where message_id is null and id < ${madeBefore(before)} and id > ${place ?? FIRST_ID}
        and created_at < ${time(before)}
      order by id limit ${limit}
    ) and message_id is null returning id`);
  return batchOf(
    rows.map(({ id }) => id),
    limit,
  );
}

/** Rate counters of keys that have not called for long, and the daily counts of days long gone. */
export async function deleteCounters(
  tx: Transaction,
  before: Date,
): Promise<{ rates: number; days: number }> {
  const second = Math.floor(before.getTime() / 1000);
  const rates = await tx.execute<{ id: string }>(
    sql`delete from rate_buckets where head_second < ${second} returning api_key_id as id`,
  );
  const days = await tx.execute<{ day: string }>(
    sql`delete from usage_daily where day < (${time(before)} at time zone 'UTC')::date returning day`,
  );
  return { rates: rates.length, days: days.length };
}

function batchOf(ids: readonly string[], limit: number): PrunedBatch {
  const last = ids.toSorted().at(-1);
  return { deleted: ids.length, next: ids.length === limit ? last : undefined };
}
