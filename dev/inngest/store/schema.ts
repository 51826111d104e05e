import { isConnectionError, SCHEMA, transact, type Pool } from "./database";

/** Raise it with every change below: an older schema is dropped and created again. */
const VERSION = 1;
/** Any constant both engines agree on; guards the creation of the schema. */
const SCHEMA_LOCK = 8_288_001;

/**
 * Create the engine's schema if it is missing. A schema of another version is dropped: this is a development tool,
 * its runs are not worth a migration, but the loss is said.
 */
export async function createSchema(pool: Pool, log: (line: string) => void): Promise<void> {
  await transact(pool, async (tx) => {
    await tx`select pg_advisory_xact_lock(${SCHEMA_LOCK}::bigint)`;
    const [found] = await tx<
      { exists: boolean }[]
    >`select to_regclass(${`${SCHEMA}.meta`}) is not null as exists`;
    if (found?.exists) {
      const [meta] = await tx<{ version: number }[]>`select version from meta`;
      if (meta?.version === VERSION) return;
      log(
        `schema ${SCHEMA} has version ${meta?.version ?? "none"}, not ${VERSION}: dropped, its runs are lost`,
      );
    }
    await tx.unsafe(`drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA};`);
    await tx.unsafe(TABLES);
    await tx`insert into meta (version) values (${VERSION})`;
  }).catch((error: unknown) => {
    if (isConnectionError(error)) throw error;
    throw new Error(`cannot create the schema ${SCHEMA}`, { cause: error });
  });
}

/*
 * Payloads are text, not jsonb: jsonb refuses \u0000 and reorders keys, and the engine never queries inside them.
 */
const TABLES = `
create table meta (
  version int not null,
  -- Counts registrations; a changed number tells every engine to read the functions again.
  revision bigint not null default 0
);
-- Numbers the engine processes; each holds a session lock on its number while it lives.
create sequence instances as int;
create sequence lease_tokens;

create table functions (
  id text primary key,
  app text not null,
  config text not null,
  -- A function its app no longer registers starts no runs, but its runs go on.
  archived boolean not null default false
);

create table events (
  internal_id text primary key,
  external_id text not null,
  name text not null,
  body text not null,
  received_at timestamptz not null default now()
);
create index events_external_id on events (external_id); -- GET /v1/events/:id/runs
create index events_received_at on events (received_at); -- pruning

create table runs (
  id text primary key,
  seq bigserial not null,
  function_id text not null,
  status text not null default 'Queued',
  event_ids text[] not null,
  events text not null,
  rank double precision not null,
  concurrency_keys text[] not null,
  concurrency_limits int[] not null,
  singleton_key text,
  parent_run text,
  parent_step text,
  -- Something the run waits for came while its discovery call was in flight: discover again.
  rediscover boolean not null default false,
  output text,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index runs_event_ids on runs using gin (event_ids); -- runs of an event
create index runs_listing on runs (function_id, seq); -- list runs of a function
create index runs_ended_at on runs (ended_at); -- pruning
create index runs_singleton on runs (singleton_key) where ended_at is null and singleton_key is not null;

create table steps (
  run_id text not null references runs on delete cascade,
  step_id text not null,
  seq bigserial not null,
  memo text not null,
  primary key (run_id, step_id)
);

-- Steps a run has planned or waits for.
create table pending (
  run_id text not null references runs on delete cascade,
  step_id text not null,
  kind text not null,
  race boolean not null default false,
  event_name text,
  expression text,
  primary key (run_id, step_id)
);
create index pending_event_name on pending (event_name) where event_name is not null; -- waits an event may end

create table cancellations (
  run_id text not null references runs on delete cascade,
  event_name text not null,
  expression text,
  expires_at timestamptz not null
);
create index cancellations_event_name on cancellations (event_name); -- runs an event may cancel
create index cancellations_run_id on cancellations (run_id); -- cleared when the run ends

create table queue (
  id bigserial primary key,
  kind text not null,
  run_id text references runs on delete cascade,
  function_id text,
  step_id text,
  attempt int not null default 0,
  -- Calls that never reached the app; they do not count as attempts.
  unreachable int not null default 0,
  due_at timestamptz not null,
  rank double precision not null,
  created_at timestamptz not null default now(),
  concurrency_keys text[] not null default '{}',
  concurrency_limits int[] not null default '{}',
  unique_key text unique,
  payload text[] not null default '{}',
  lease_owner int,
  lease_token bigint,
  lease_until timestamptz not null default '-infinity'
);
create index queue_due on queue (kind, due_at); -- claiming and the next timer
create index queue_leased on queue (lease_owner) where lease_owner is not null; -- calls in flight
create index queue_run on queue (run_id); -- items of an ending run

-- Keys that may start a run only once until they expire: event ids, idempotency keys, cron ticks.
create table dedupe (
  key text primary key,
  expires_at timestamptz not null
);

-- Theoretical arrival times of throttles and rate limits.
create table arrivals (
  key text primary key,
  arrival timestamptz not null
);
`;
