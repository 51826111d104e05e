import type { EngineEvent, RunStatus } from "../types";
import type { Queryable } from "./database";

/** A run to be started. */
export interface NewRun {
  id: string;
  functionId: string;
  /** Internal ids of its events; empty for a cron tick that stored none. */
  eventIds: string[];
  events: readonly EngineEvent[];
  /** Seconds this run goes ahead of others, from the function's `priority.run`. */
  prioritySeconds: number;
  concurrencyKeys: string[];
  concurrencyLimits: number[];
  singletonKey?: string;
  parentRun?: string;
  parentStep?: string;
  /** Milliseconds before the first call may start: delayed event, throttle, jitter. */
  delayMs: number;
}

/** A run as it is stored. */
export interface Run {
  id: string;
  functionId: string;
  status: RunStatus;
  eventIds: string[];
  events: EngineEvent[];
  parentRun: string | null;
  parentStep: string | null;
  rediscover: boolean;
  output: string | null;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

type RunRow = Omit<Run, "events"> & { events: string };

/** Insert runs and their first calls, in the given order. */
export async function insertRuns(tx: Queryable, runs: readonly NewRun[]): Promise<void> {
  if (runs.length === 0) return;
  const given = runs.map((run, index) => ({
    id: run.id,
    function_id: run.functionId,
    event_ids: run.eventIds,
    // Text inside the JSON, so that \u0000 in an event survives the way into a text column.
    events: JSON.stringify(run.events),
    priority: run.prioritySeconds,
    keys: run.concurrencyKeys,
    limits: run.concurrencyLimits,
    singleton_key: run.singletonKey,
    parent_run: run.parentRun,
    parent_step: run.parentStep,
    delay_ms: run.delayMs,
    place: index,
  }));
  await tx`
    with given as (
      select g.*, now() + g.delay_ms * interval '1 millisecond' as due_at,
        extract(epoch from now())::float8 * 1000 + g.delay_ms - g.priority * 1000 as rank
      from json_to_recordset(${JSON.stringify(given)}::text::json) as g (id text, function_id text, event_ids text[],
        events text, priority float8, keys text[], limits int[], singleton_key text, parent_run text,
        parent_step text, delay_ms float8, place int)
    ), created as (
      insert into runs (id, function_id, event_ids, events, rank, concurrency_keys, concurrency_limits,
        singleton_key, parent_run, parent_step)
      select id, function_id, event_ids, events, rank, keys, limits, singleton_key, parent_run, parent_step
      from given order by place
    )
    insert into queue (kind, run_id, function_id, step_id, due_at, rank, concurrency_keys, concurrency_limits,
      unique_key)
    select 'call', id, function_id, 'step', due_at, rank, keys, limits, 'discover:' || id from given order by place`;
}

/** Read a run and hold its row: whoever changes a run's steps or state locks it first. */
export async function lockRun(tx: Queryable, runId: string): Promise<Run | undefined> {
  const [row] = await tx<RunRow[]>`select ${runColumns(tx)} from runs where id = ${runId} for update`;
  return row && toRun(row);
}

/** Read a run without locking it. */
export async function readRun(sql: Queryable, runId: string): Promise<Run | undefined> {
  const [row] = await sql<RunRow[]>`select ${runColumns(sql)} from runs where id = ${runId}`;
  return row && toRun(row);
}

/** Mark a run as begun. */
export async function beginRun(sql: Queryable, runId: string): Promise<void> {
  await sql`update runs set status = 'Running', started_at = now() where id = ${runId} and status = 'Queued'`;
}

/** Write the end of a run and clear what it still waits for; false when it had already ended. */
export async function endRun(
  tx: Queryable,
  runId: string,
  status: RunStatus,
  output: string,
): Promise<boolean> {
  // Leased items stay until their call comes back, so that a call in flight keeps its concurrency place.
  const [ended] = await tx`
    with ended as (
      update runs set status = ${status}, output = ${output}, ended_at = now(), rediscover = false
      where id = ${runId} and ended_at is null returning id
    ), waits as (
      delete from pending where run_id in (select id from ended)
    ), cancels as (
      delete from cancellations where run_id in (select id from ended)
    ), items as (
      delete from queue where run_id in (select id from ended) and lease_owner is null
    )
    select id from ended`;
  return ended !== undefined;
}

/** Remember, or forget, that a run must be discovered once more. */
export async function setRediscover(tx: Queryable, runId: string, rediscover: boolean): Promise<void> {
  await tx`update runs set rediscover = ${rediscover} where id = ${runId}`;
}

/** Runs that an event started, by the event's internal or external id. */
export async function readRunsOfEvent(sql: Queryable, eventId: string): Promise<Run[]> {
  const rows = await sql<RunRow[]>`
    select ${runColumns(sql)} from runs
    where event_ids && (select array_agg(internal_id) from events where internal_id = ${eventId} or external_id = ${eventId})
    order by seq`;
  return rows.map(toRun);
}

/** The newest runs, optionally of one function or in one state. */
export async function listRuns(
  sql: Queryable,
  filter: { functionId?: string; status?: string; limit: number },
): Promise<Run[]> {
  const rows = await sql<RunRow[]>`
    select ${runColumns(sql)} from runs
    where ${filter.functionId === undefined ? sql`true` : sql`function_id = ${filter.functionId}`}
      and ${filter.status === undefined ? sql`true` : sql`status = ${filter.status}`}
    order by seq desc limit ${filter.limit}`;
  return rows.map(toRun);
}

/** Unfinished runs that hold a singleton key. */
export async function readSingletonRuns(tx: Queryable, singletonKey: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select id from runs where singleton_key = ${singletonKey} and ended_at is null order by seq`;
  return rows.map((row) => row.id);
}

function runColumns(sql: Queryable) {
  return sql`id, function_id as "functionId", status, event_ids as "eventIds", events, parent_run as "parentRun",
    parent_step as "parentStep", rediscover, output, queued_at as "queuedAt", started_at as "startedAt",
    ended_at as "endedAt"`;
}

function toRun(row: RunRow): Run {
  return { ...row, events: JSON.parse(row.events) as EngineEvent[] };
}
