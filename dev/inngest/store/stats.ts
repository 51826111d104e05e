import type { Queryable } from "./database";

/** Unfinished runs by what they are at, and what ended in the last day. */
export interface Stats {
  /** Not begun: due, or held back by a limit or a future time. */
  queued: number;
  /** Begun, with a call in flight or in the queue. */
  running: number;
  /** Begun, and only asleep or waiting for an event or another run. */
  waiting: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Count the runs. */
export async function readStats(sql: Queryable): Promise<Stats> {
  const [row] = await sql<Stats[]>`
    select count(*) filter (where status = 'Queued')::int as queued,
      count(*) filter (where status = 'Running' and called)::int as running,
      count(*) filter (where status = 'Running' and not called)::int as waiting,
      count(*) filter (where status = 'Completed')::int as completed,
      count(*) filter (where status = 'Failed')::int as failed,
      count(*) filter (where status = 'Cancelled')::int as cancelled
    from (
      select status, ended_at is null and exists (
        select from queue where queue.run_id = runs.id and kind = 'call') as called
      from runs
    ) as each_run`;
  return row ?? { queued: 0, running: 0, waiting: 0, completed: 0, failed: 0, cancelled: 0 };
}
