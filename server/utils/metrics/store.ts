import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { readOldestWaiting } from "../outbox/store";
import type { QueueState } from "./queue-state";

// Beyond it a number means "at least": a scrape must not take longer the more there is to be told.
const COUNT_LIMIT = 100_000;
// Each of these is read from the table: 40 ms.
const LATE_LIMIT = 20_000;

type Numbers<Name extends string> = Readonly<Record<Name, number>>;

/** Reads how much waits. Every count goes over a partial index that holds only what waits. */
export async function readQueueState(tx: Transaction, now: Date, timeoutMs: number): Promise<QueueState> {
  // After a large campaign the statistics say that much is queued, and a limit makes the planner go through the whole table.
  await tx.execute(sql`
    select set_config('statement_timeout', ${String(timeoutMs)}, true), set_config('enable_seqscan', 'off', true)`);
  const [counts, oldest, relayWaitingSince, numbers] = [
    await readCounts(tx, now),
    await readOldest(tx, now),
    await readOldestWaiting(tx, now),
    await readNumbers(tx, now),
  ];
  const { queued, sending, held, uncertain, waiting, dead, due_events: dueEvents } = counts;
  return {
    messages: { queued, sending, held, uncertain },
    oldestDueAt: toDate(oldest.due_at),
    inbox: { waiting, dead },
    oldestBodyAt: toDate(oldest.body_at),
    dueEvents,
    relayWaitingSince,
    numbers,
  };
}

type CountName = "queued" | "sending" | "held" | "uncertain" | "waiting" | "dead" | "due_events";

async function readCounts(tx: Transaction, now: Date): Promise<Numbers<CountName>> {
  const upTo = (from: SQL): SQL =>
    sql`(select count(*)::int from (select ${from} limit ${COUNT_LIMIT}) as found)`;
  const [row] = await tx.execute<Record<CountName, number>>(sql`
    select
      ${upTo(sql`from messages where status = 'queued'`)} as queued,
      ${upTo(sql`from messages where status = 'sending' and uncertain_at is null`)} as sending,
      ${upTo(sql`from approvals where state = 'pending'`)} as held,
      ${upTo(sql`from messages where status = 'sending' and uncertain_at is not null`)} as uncertain,
      ${upTo(sql`from webhook_inbox where state in ('received', 'processing')`)} as waiting,
      ${upTo(sql`from webhook_inbox where state = 'dead'`)} as dead,
      ${upTo(sql`from outbox where sent_at is null and available_at <= ${now.toISOString()}`)} as due_events`);
  if (!row) throw new Error("the database counted nothing");
  return row;
}

// Of each conversation the message that is next, because the others rightly wait for it. What Meta, a pause or the pace keeps
// back has its time in the future, or stands on a number that sends nothing.
async function readOldest(
  tx: Transaction,
  now: Date,
): Promise<{ due_at: string | null; body_at: string | null }> {
  const [row] = await tx.execute<{ due_at: string | null; body_at: string | null }>(sql`
    select
      (
        select min(greatest(head.occurred_at, head.next_attempt_at, number.throttled_until))
        from (
          select distinct on (conversation_id) status, phone_number_id, occurred_at, next_attempt_at
          from (
            select conversation_id, position, status, phone_number_id, occurred_at, next_attempt_at
            from messages where status in ('queued', 'sending') and uncertain_at is null
            order by conversation_id, position limit ${LATE_LIMIT}
          ) as unfinished
          order by conversation_id, position
        ) as head
        join phone_numbers number on number.id = head.phone_number_id
        where head.status = 'queued' and number.paused_at is null and number.disabled_at is null
          and greatest(head.occurred_at, head.next_attempt_at, number.throttled_until) <= ${now.toISOString()}
      ) as due_at,
      (select min(received_at) from webhook_inbox where state in ('received', 'processing')) as body_at`);
  return row ?? { due_at: null, body_at: null };
}

async function readNumbers(tx: Transaction, now: Date): Promise<QueueState["numbers"]> {
  const [row] = await tx.execute<QueueState["numbers"]>(sql`
    select
      count(*) filter (where state = 'working')::int as working,
      count(*) filter (where state = 'throttled')::int as throttled,
      count(*) filter (where state = 'paused')::int as paused,
      count(*) filter (where state = 'disabled')::int as disabled
    from (
      select case
        when disabled_at is not null then 'disabled'
        when paused_at is not null then 'paused'
        when throttled_until > ${now.toISOString()} then 'throttled'
        else 'working'
      end as state
      from phone_numbers
    ) as numbers`);
  if (!row) throw new Error("the database counted no numbers");
  const { working, throttled, paused, disabled } = row;
  return { working, throttled, paused, disabled };
}

function toDate(time: string | null): Date | undefined {
  return time === null ? undefined : new Date(time);
}
