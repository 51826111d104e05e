import { and, eq, lte, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { messages } from "#db/schema/index";

/** A message that recovery looks at, by ids. */
export interface FoundMessage {
  readonly id: string;
  readonly status: string;
  readonly conversationId: string;
  readonly phoneNumberId: string;
}

/** Attempts whose time ran out: the process that made them is gone. */
export async function listAbandonedAttempts(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<FoundMessage[]> {
  const { id, status, conversationId, phoneNumberId } = messages;
  return tx
    .select({ id, status, conversationId, phoneNumberId })
    .from(messages)
    .where(
      and(
        eq(messages.status, "sending"),
        sql`${messages.uncertainAt} is null`,
        sql`${messages.claimExpiresAt} <= ${now.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(messages.claimExpiresAt)
    .limit(limit);
}

/**
 * Takes messages that should have moved before `before`: their wake-up was lost somewhere. Of each conversation only the
 * one that is next, because the others rightly wait for it; uncertain ones by themselves. Each is taken again only after
 * as long a time, by whichever process.
 */
export async function takeStuckMessages(
  tx: Transaction,
  before: Date,
  now: Date,
  limit: number,
): Promise<FoundMessage[]> {
  const time = sql`${before.toISOString()}::timestamptz`;
  const rows = await tx.execute<{
    id: string;
    status: string;
    conversation_id: string;
    phone_number_id: string;
  }>(sql`
    update messages set rescued_at = ${now.toISOString()}
    where id in (
      select m.id from messages m
      where m.status in ('queued', 'sending')
        and coalesce(m.rescued_at, 'epoch') < ${time}
        and coalesce(m.uncertain_at, m.next_attempt_at, m.occurred_at) < ${time}
        and (m.status = 'sending' or m.phone_number_id in (
          select n.id from phone_numbers n where n.paused_at is null and n.disabled_at is null
        ))
        and (m.uncertain_at is not null or (m.status = 'queued' and not exists (
          select from messages earlier
          where earlier.conversation_id = m.conversation_id and earlier.position < m.position
            and earlier.status in ('queued', 'sending') and earlier.uncertain_at is null
        )))
      order by m.id limit ${limit}
      for no key update skip locked
    )
    returning id, status, conversation_id, phone_number_id`);
  return rows.map((row) => ({
    id: row.id,
    status: row.status,
    conversationId: row.conversation_id,
    phoneNumberId: row.phone_number_id,
  }));
}

/** Queued messages whose time is up, wherever they wait. */
export async function listOverdueMessages(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<FoundMessage[]> {
  const { id, status, conversationId, phoneNumberId, expiresAt } = messages;
  return tx
    .select({ id, status, conversationId, phoneNumberId })
    .from(messages)
    .where(and(eq(status, "queued"), lte(expiresAt, now)))
    .orderBy(expiresAt)
    .limit(limit);
}

/** Whether an event for this message waits to be handed to Inngest; of those that become due after `dueAfter` when given. */
export async function hasPendingEvent(
  tx: Transaction,
  name: string,
  messageId: string,
  dueAfter?: Date,
): Promise<boolean> {
  const rows = await tx.execute<{ found: boolean }>(sql`
    select exists (
      select from outbox
      where sent_at is null and name = ${name} and data ->> 'message_id' = ${messageId}
        and available_at > ${dueAfter?.toISOString() ?? "-infinity"}
    ) as found`);
  return rows[0]?.found ?? false;
}
