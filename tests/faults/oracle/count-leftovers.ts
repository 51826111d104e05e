import type { Sql } from "postgres";

/** Counts what must not be there when everything has settled. */
export async function countLeftovers(sql: Sql): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>[]>`
    select
      (select count(*) from messages where status in ('queued', 'sending'))::int as "unfinished sends",
      (select count(*) from messages where direction = 'outbound' and status in ('accepted', 'sent'))::int
        as "undelivered sends",
      (select count(*) from webhook_inbox where state in ('received', 'processing'))::int as "unread bodies",
      (select count(*) from webhook_inbox where state = 'dead')::int as "dead letters",
      (select count(*) from webhook_inbox where announced_at is null)::int as "unannounced bodies",
      (select count(*) from outbox where sent_at is null and available_at <= now())::int as "unsent events",
      (select count(*) from message_events e where e.message_id is null and exists (
        select from messages m where m.phone_number_id = e.phone_number_id and m.wamid = e.wamid))::int
        as "parked reports of known messages",
      (select count(*) from message_events e where e.message_id is null)::int as "parked reports",
      (select count(*) from messages m where not exists (
        select from changes c where c.message_id = m.id and c.kind = 'message'))::int as "messages without a change"`;
  return { ...row, "sends not counted, or counted twice": await countUsageErrors(sql) };
}

/** What the daily counters say, against the messages that were not certainly unsent, by scope. */
async function countUsageErrors(sql: Sql): Promise<number> {
  const [row] = await sql<{ errors: number }[]>`
    select sum(abs(coalesce((select sum(u.sends) from usage_daily u where u.scope = s.scope), 0) - m.sends))::int as errors
    from (values ('client'), ('key'), ('grant')) s(scope),
      (select count(*) as sends from messages
        where direction = 'outbound' and status not in ('failed', 'expired', 'cancelled')) m`;
  return row?.errors ?? Number.NaN;
}
