import type { Sql } from "postgres";
import { isExcused } from "../oracle/is-excused";
import { SETTLE_AFTER_MS } from "../stage/open-stage";

/** Of the messages that arrived twice, those of which the design says that they may. */
export async function findExcused(
  sql: Sql,
  reports: ReadonlyMap<string, readonly number[]>,
): Promise<Set<string>> {
  const excused = new Set<string>();
  for (const [id, reportedAt] of reports) {
    const events = await sql<{ at: number; isUncertain: boolean; isResend: boolean }[]>`
      select (extract(epoch from created_at) * 1000)::float8 as at,
        coalesce(detail ->> 'uncertain' = 'true', false) as "isUncertain",
        coalesce(detail ->> 'after_silence' = 'true', false) as "isResend"
      from message_events where message_id = ${id} order by created_at`;
    const doubled = {
      reportedAt,
      uncertainAt: events.filter(({ isUncertain }) => isUncertain).map(({ at }) => at),
      resentAt: events.filter(({ isResend }) => isResend).map(({ at }) => at),
    };
    if (isExcused(doubled, SETTLE_AFTER_MS)) excused.add(id);
  }
  return excused;
}
