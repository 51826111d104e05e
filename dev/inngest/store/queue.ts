import type { Queryable } from "./database";

/** How long a claimed item stays with its engine without renewal. */
export const LEASE_SECONDS = 10;
/** Serialises claims of calls: two engines must not both take the last place of a concurrency key. */
const CLAIM_LOCK = 8_288_002;
/** Candidates looked at in one claim; what is left comes with the next one. */
const CANDIDATES = 200;

/** A leased item of the queue. Only the holder of `leaseToken` may finish it. */
export interface QueueItem {
  id: string;
  kind: string;
  runId: string | null;
  functionId: string | null;
  stepId: string | null;
  attempt: number;
  unreachable: number;
  uniqueKey: string | null;
  dueAt: Date;
  leaseToken: string;
}

/** What to put into the queue; a run's concurrency keys are copied from the run. */
export interface NewItem {
  kind: string;
  runId?: string;
  functionId?: string;
  stepId?: string;
  delayMs?: number;
  uniqueKey?: string;
  payload?: string[];
}

/**
 * Lease the next calls that may start: due, in order of rank, within their concurrency limits. What counts against a
 * limit is calls in flight, as in Inngest; a sleeping or waiting run holds no place.
 *
 * @param inFlight - ids this engine is still working on, whatever became of their lease while the database was away
 */
export async function claimCalls(
  tx: Queryable,
  owner: number,
  limit: number,
  inFlight: readonly string[],
): Promise<QueueItem[]> {
  // A lease that a crash of the database forgets does no harm, so the commit need not wait for the disk.
  const lock = tx`
    select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(${CLAIM_LOCK}::bigint)`;
  const claim = tx<QueueItem[]>`
    with busy as (
      select key, count(*)::int as running
      from queue, unnest(concurrency_keys) as key
      where lease_owner is not null and (lease_until > now() or id = any (${inFlight}::bigint[]))
      group by key
    ), candidates as (
      select id, rank, concurrency_keys, concurrency_limits
      from queue
      where kind = 'call' and due_at <= now() and lease_until <= now() and id <> all (${inFlight}::bigint[])
        and not exists (
          select from unnest(concurrency_keys, concurrency_limits) as wanted (key, allowed)
          join busy using (key) where busy.running >= wanted.allowed)
      order by rank, id
      limit ${CANDIDATES}
    ), over_limit as (
      select id from (
        select c.id, wanted.allowed,
          coalesce(busy.running, 0) + row_number() over (partition by wanted.key order by c.rank, c.id) as place
        from candidates c, unnest(c.concurrency_keys, c.concurrency_limits) as wanted (key, allowed)
        left join busy using (key)
      ) as places where place > allowed
    ), chosen as (
      select q.id from queue q join candidates c using (id)
      where q.lease_until <= now() and q.id not in (select id from over_limit)
      order by c.rank, c.id
      limit ${limit}
      for update of q skip locked
    )
    update queue q
    set lease_owner = ${owner}, lease_token = nextval('lease_tokens'),
      lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from chosen where q.id = chosen.id
    returning ${itemColumns(tx)}`;
  // Sent together: a statement sees what was committed when it begins, which is after the lock is held.
  const [, items] = await Promise.all([lock, claim]);
  return items;
}

/** Lease due items that call no app: ends of sleeps and waits, debounces, batches, crons, deadlines. */
export async function claimTimers(sql: Queryable, owner: number, limit: number): Promise<QueueItem[]> {
  return sql<QueueItem[]>`
    with chosen as (
      select id from queue
      where kind <> 'call' and due_at <= now() and lease_until <= now()
      order by due_at, id
      limit ${limit}
      for update skip locked
    )
    update queue q
    set lease_owner = ${owner}, lease_token = nextval('lease_tokens'),
      lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from chosen where q.id = chosen.id
    returning ${itemColumns(sql)}`;
}

/** Milliseconds until the next item is due or a foreign lease ends; undefined when nothing lies ahead. */
export async function readNextDueMs(sql: Queryable, calls: boolean): Promise<number | undefined> {
  const [row] = await sql<{ ms: number | null }[]>`
    select extract(epoch from min(greatest(due_at, lease_until)) - now())::float8 * 1000 as ms
    from queue where (kind = 'call') = ${calls} and greatest(due_at, lease_until) > now()`;
  return row?.ms ?? undefined;
}

/** When an item is due again, and as what attempt. */
export interface Repetition {
  delayMs: number;
  attempt?: number;
  unreachable?: number;
}

/** Remove an item whose run has ended. */
export async function removeItem(tx: Queryable, id: string): Promise<void> {
  await tx`delete from queue where id = ${id}`;
}

/** Remove a finished item; false when the lease was lost, and then its result must be dropped. */
export async function finishItem(tx: Queryable, item: QueueItem): Promise<boolean> {
  const gone = await tx`delete from queue where id = ${item.id} and lease_token = ${item.leaseToken}`;
  return gone.count === 1;
}

/** Give an item back, due after a delay. */
export async function releaseItem(tx: Queryable, item: QueueItem, change: Repetition): Promise<boolean> {
  const released = await tx`
    update queue
    set due_at = now() + ${change.delayMs}::float8 * interval '1 millisecond',
      attempt = ${change.attempt ?? item.attempt}, unreachable = ${change.unreachable ?? 0},
      lease_owner = null, lease_token = null, lease_until = '-infinity'
    where id = ${item.id} and lease_token = ${item.leaseToken}`;
  return released.count === 1;
}

/** Put an item into the queue; false when its unique key is already there. */
export async function enqueue(tx: Queryable, item: NewItem): Promise<boolean> {
  const added = await tx`
    insert into queue (kind, run_id, function_id, step_id, due_at, rank, concurrency_keys, concurrency_limits,
      unique_key, payload)
    select ${item.kind}, given.run_id, coalesce(${item.functionId ?? null}, runs.function_id), ${item.stepId ?? null},
      given.due_at, coalesce(runs.rank, extract(epoch from given.due_at) * 1000),
      coalesce(runs.concurrency_keys, '{}'), coalesce(runs.concurrency_limits, '{}'),
      ${item.uniqueKey ?? null}, ${item.payload ?? []}::text[]
    from (select ${item.runId ?? null}::text as run_id,
      now() + ${item.delayMs ?? 0}::float8 * interval '1 millisecond' as due_at) as given
    left join runs on runs.id = given.run_id
    on conflict (unique_key) do nothing`;
  return added.count === 1;
}

/** Keep the leases of items still being worked on. */
export async function renewLeases(sql: Queryable, owner: number, ids: readonly string[]): Promise<void> {
  await sql`
    update queue set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    where lease_owner = ${owner} and id = any (${ids}::bigint[])`;
}

/** Make calls that could not reach their app due at once. */
export async function hastenUnreachable(tx: Queryable): Promise<void> {
  await tx`
    update queue set due_at = now()
    where unreachable > 0 and due_at > now() and lease_owner is null`;
}

function itemColumns(sql: Queryable) {
  return sql`q.id::text, q.kind, q.run_id as "runId", q.function_id as "functionId", q.step_id as "stepId",
    q.attempt, q.unreachable, q.unique_key as "uniqueKey", q.due_at as "dueAt", q.lease_token::text as "leaseToken"`;
}
