import type { Queryable } from "./database";
import type { QueueItem } from "./queue";

/** Where events of a debounce or a batch gather until their run starts. */
export interface Collector {
  functionId: string;
  /** Function and flow-control key. */
  key: string;
  /** The event with its internal id, as JSON. */
  entry: string;
}

/** Keep only the newest event and push the start back, at most until `timeoutMs` after the first event. */
export async function replaceDebounced(
  tx: Queryable,
  collector: Collector,
  wait: { periodMs: number; timeoutMs: number | undefined },
): Promise<void> {
  const period = tx`${wait.periodMs}::float8 * interval '1 millisecond'`;
  await tx`
    insert into queue as known (kind, function_id, unique_key, payload, due_at, rank)
    values ('debounce', ${collector.functionId}, ${`debounce:${collector.key}`}, ${[collector.entry]}::text[],
      now() + ${period}, extract(epoch from now()) * 1000)
    on conflict (unique_key) do update set payload = excluded.payload,
      due_at = least(excluded.due_at, known.created_at + ${wait.timeoutMs ?? null}::float8 * interval '1 millisecond')`;
}

/** Add an event to the open batch of its key; a full batch is closed and due at once. */
export async function appendToBatch(
  tx: Queryable,
  collector: Collector,
  batch: { maxSize: number; timeoutMs: number },
): Promise<void> {
  const [row] = await tx<{ id: string; size: number }[]>`
    insert into queue as known (kind, function_id, unique_key, payload, due_at, rank)
    values ('batch', ${collector.functionId}, ${`batch:${collector.key}`}, ${[collector.entry]}::text[],
      now() + ${batch.timeoutMs}::float8 * interval '1 millisecond', extract(epoch from now()) * 1000)
    on conflict (unique_key) do update set payload = known.payload || excluded.payload
    returning id::text, cardinality(payload) as size`;
  if (row && row.size >= batch.maxSize) {
    await tx`update queue set due_at = now(), unique_key = null where id = ${row.id}`;
  }
}

/** Take what was collected; undefined when the lease was lost or a later event pushed the start back. */
export async function takeCollected(tx: Queryable, item: QueueItem): Promise<string[] | undefined> {
  const [row] = await tx<{ payload: string[] }[]>`
    delete from queue where id = ${item.id} and lease_token = ${item.leaseToken} and due_at <= now()
    returning payload`;
  if (row) return row.payload;
  await tx`
    update queue set lease_owner = null, lease_token = null, lease_until = '-infinity'
    where id = ${item.id} and lease_token = ${item.leaseToken}`;
  return undefined;
}
