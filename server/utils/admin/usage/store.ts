import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** How many messages count against one cap on one day. */
export interface UsageRow extends Record<string, unknown> {
  readonly scope: "client" | "key" | "grant";
  readonly subject_id: string;
  readonly client: string;
  /** Which of the client's keys or numbers. */
  readonly subject: string | null;
  readonly sends: number;
  /** Null: unlimited. */
  readonly cap: number | null;
}

/** What counts on a day. The keys of a chain of rotations count as one, under the name of the newest. */
export async function selectUsage(
  tx: Transaction,
  day: string,
  clientId: string | undefined,
): Promise<UsageRow[]> {
  return tx.execute<UsageRow>(sql`
    with subjects as (
      select 'client' as scope, id as subject_id, id as client_id, null::text as subject,
        (policy ->> 'daily_cap')::int as cap
      from clients
      union all
      (select distinct on (coalesce(limits_key_id, id)) 'key', coalesce(limits_key_id, id), client_id,
        prefix || ' ' || label, daily_msg_limit
      from api_keys order by coalesce(limits_key_id, id), id desc)
      union all
      select 'grant', g.id, g.client_id, n.wa_phone_number_id || ' ' || n.label, g.daily_cap
      from grants g join phone_numbers n on n.id = g.phone_number_id
    )
    select u.scope, u.subject_id, c.name as client, s.subject, u.sends, s.cap
    from usage_daily u
    join subjects s on s.scope = u.scope and s.subject_id = u.subject_id
    join clients c on c.id = s.client_id
    where u.day = ${day}::date and c.id = coalesce(${clientId ?? null}::uuid, c.id)
    order by c.name, array_position(array['client', 'key', 'grant'], u.scope), s.subject`);
}
