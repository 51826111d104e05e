import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { listUuids } from "#db/list-uuids";
import { outbox } from "#db/schema/index";
import type { EventName } from "#server/functions/events";
import { newId } from "../ids";

/** An event to be handed to Inngest. Its id is the event's id there, which makes a second delivery harmless. */
export interface OutboxEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

export interface NewOutboxEvent {
  /** Left out for an event that happens once; the same id again is the same event, and is taken once. */
  readonly id?: string;
  readonly name: EventName;
  readonly data: Record<string, unknown>;
  readonly availableAt: Date;
}

export async function insertOutboxEvent(tx: Transaction, event: NewOutboxEvent): Promise<void> {
  if (event.id === undefined) await tx.insert(outbox).values({ ...event, id: newId() });
  else
    await tx
      .insert(outbox)
      .values({ ...event, id: event.id })
      .onConflictDoNothing();
}

/** Puts the ids of all inbox rows that nobody announced yet into one event. Returns how many there were. */
export async function announceInbox(tx: Transaction, now: Date, limit: number): Promise<number> {
  const rows = await tx.execute<{ id: string }>(sql`
    update webhook_inbox set announced_at = ${now.toISOString()}
    where id in (
      select id from webhook_inbox where announced_at is null
      order by received_at limit ${limit} for update skip locked
    )
    returning id`);
  if (rows.length === 0) return 0;
  const inboxIds = rows.map((row) => row.id);
  await insertOutboxEvent(tx, { name: "wa/inbox.received", data: { inbox_ids: inboxIds }, availableAt: now });
  return rows.length;
}

/** Takes events that are due, for `leaseMs`; another process may take them after that. */
export async function claimOutboxEvents(
  tx: Transaction,
  now: Date,
  limit: number,
  leaseMs: number,
): Promise<OutboxEvent[]> {
  const until = new Date(now.getTime() + leaseMs).toISOString();
  const rows = await tx.execute<{ id: string; name: string; data: Record<string, unknown> }>(sql`
    update outbox set claim_expires_at = ${until}, attempts = attempts + 1
    where id in (
      select id from outbox
      where sent_at is null and available_at <= ${now.toISOString()}
        and (claim_expires_at is null or claim_expires_at <= ${now.toISOString()})
      order by available_at, id limit ${limit} for update skip locked
    )
    returning id, name, data`);
  // In the order in which they were written, as far as uuid v7 tells; Inngest promises none.
  return [...rows].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export async function markOutboxSent(tx: Transaction, ids: string[], now: Date): Promise<void> {
  await tx.execute(sql`
    update outbox set sent_at = ${now.toISOString()}, claim_expires_at = null
    where id = any(${listUuids(ids)})`);
}

export async function releaseOutboxEvents(tx: Transaction, ids: string[], retryAt: Date): Promise<void> {
  await tx.execute(sql`
    update outbox set claim_expires_at = ${retryAt.toISOString()}
    where id = any(${listUuids(ids)}) and sent_at is null`);
}

/** Since when something waits for the relay: an event that is due, or a body that nobody announced. */
export async function readOldestWaiting(tx: Transaction, now: Date): Promise<Date | undefined> {
  const rows = await tx.execute<{ since: string | null }>(sql`
    select least(
      (select min(available_at) from outbox where sent_at is null and available_at <= ${now.toISOString()}),
      (select min(received_at) from webhook_inbox where announced_at is null)
    ) as since`);
  const since = rows[0]?.since;
  return since ? new Date(since) : undefined;
}

/** Removes some of the events that were sent long ago; kept until then to answer "was it handed over?". */
export async function pruneOutbox(tx: Transaction, sentBefore: Date, limit: number): Promise<number> {
  const rows = await tx.execute<{ id: string }>(sql`
    delete from outbox
    where id in (select id from outbox where sent_at < ${sentBefore.toISOString()} order by sent_at limit ${limit})
    returning id`);
  return rows.length;
}
