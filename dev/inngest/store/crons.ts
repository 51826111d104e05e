import type { Queryable } from "./database";
import type { QueueItem } from "./queue";

/** A cron expression and its next tick. */
export interface CronTick {
  cron: string;
  tick: Date;
}

/** Queue the next tick of a trigger unless it is there. */
export async function addCron(
  tx: Queryable,
  cron: CronTick & { key: string; functionId: string },
): Promise<void> {
  await tx`
    insert into queue (kind, function_id, unique_key, payload, due_at, rank)
    values ('cron', ${cron.functionId}, ${cron.key}, ${[cron.cron, cron.tick.toISOString()]}::text[],
      ${dueAt(tx, cron.tick)}, 0)
    on conflict (unique_key) do nothing`;
}

/** Drop ticks of triggers that are no longer registered. */
export async function removeOtherCrons(tx: Queryable, keys: readonly string[]): Promise<void> {
  await tx`delete from queue where kind = 'cron' and unique_key <> all (${keys}::text[])`;
}

/** Read and hold a leased tick; undefined when the lease was lost. */
export async function readCron(tx: Queryable, item: QueueItem): Promise<CronTick | undefined> {
  const [row] = await tx<{ payload: string[] }[]>`
    select payload from queue where id = ${item.id} and lease_token = ${item.leaseToken} for update`;
  const [cron, tick] = row?.payload ?? [];
  return cron !== undefined && tick !== undefined ? { cron, tick: new Date(tick) } : undefined;
}

/** Replace a tick by the next one and give it back. */
export async function moveCron(tx: Queryable, item: QueueItem, next: CronTick): Promise<void> {
  await tx`
    update queue
    set payload = ${[next.cron, next.tick.toISOString()]}::text[], due_at = ${dueAt(tx, next.tick)},
      lease_owner = null, lease_token = null, lease_until = '-infinity'
    where id = ${item.id}`;
}

/** As a delay from now, so that only one clock, the database's, decides when it is due. */
function dueAt(tx: Queryable, tick: Date) {
  return tx`now() + ${Math.max(0, tick.getTime() - Date.now())}::float8 * interval '1 millisecond'`;
}
