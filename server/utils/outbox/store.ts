import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { outbox } from "#db/schema/index";
import type { EventName } from "#server/functions/events";
import { newId } from "../ids";

/** An event to be handed to Inngest. Its id is the event's id there, which makes a second delivery harmless. */
export interface OutboxEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

export async function insertOutboxEvent(
  tx: Transaction,
  event: { name: EventName; data: Record<string, unknown>; availableAt: Date },
): Promise<void> {
  await tx.insert(outbox).values({ id: newId(), ...event });
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
      order by available_at limit ${limit} for update skip locked
    )
    returning id, name, data`);
  return [...rows];
}

export async function markOutboxSent(tx: Transaction, ids: string[], now: Date): Promise<void> {
  await tx.execute(sql`
    update outbox set sent_at = ${now.toISOString()}, claim_expires_at = null
    where id in ${ids}`);
}

export async function releaseOutboxEvents(tx: Transaction, ids: string[], retryAt: Date): Promise<void> {
  await tx.execute(sql`
    update outbox set claim_expires_at = ${retryAt.toISOString()}
    where id in ${ids} and sent_at is null`);
}

/** Removes some of the events that were sent long ago; kept until then to answer "was it handed over?". */
export async function pruneOutbox(tx: Transaction, sentBefore: Date, limit: number): Promise<number> {
  const rows = await tx.execute<{ id: string }>(sql`
    delete from outbox
    where id in (select id from outbox where sent_at < ${sentBefore.toISOString()} order by sent_at limit ${limit})
    returning id`);
  return rows.length;
}
