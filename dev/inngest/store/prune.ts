import type { Queryable } from "./database";

/** How long finished runs and events are kept. */
const KEEP_HOURS = 24;

/** Delete what is older than a day, so that a long-lived development database does not grow. */
export async function prune(sql: Queryable): Promise<void> {
  const horizon = sql`now() - make_interval(hours => ${KEEP_HOURS})`;
  await sql`delete from runs where ended_at < ${horizon}`;
  await sql`delete from events where received_at < ${horizon}`;
  await sql`delete from dedupe where expires_at < now()`;
  await sql`delete from arrivals where arrival < ${horizon}`;
}
