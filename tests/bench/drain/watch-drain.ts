import { setTimeout as pause } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { SCHEMA } from "#dev/inngest/store/database";
import type { DrainPlan } from "./drain-plan";
import type { DrainStack } from "./open-drain-stack";
import { readCpu, type Cpu } from "./read-cpu";

/** How things stand at one moment. */
export interface Sample {
  /** Unix milliseconds. */
  readonly at: number;
  readonly cpu: Cpu;
  /** Events that the relay has not handed over. */
  readonly outbox: number;
  /** Runs that the engine may not start yet, because of its throttle. */
  readonly throttled: number;
  /** Runs that could start and do not: the engine or the server is too slow. */
  readonly due: number;
  /** Runs whose conversation has one under way: there may be one at a time. */
  readonly behind: number;
  /** Calls of the engine that the server is at. */
  readonly inFlight: number;
}

/** What the databases say at the end. */
export interface Totals {
  readonly delivered: number;
  readonly attempts: number;
  /** Attempts that Meta refused with 130429. */
  readonly throughputRefusals: number;
  /** Attempts that Meta refused with 131056. */
  readonly pairRefusals: number;
  /** Runs of the function that sends; one per message is the least. */
  readonly runs: number;
}

export interface Watch {
  readonly samples: readonly Sample[];
  /** Waits until the server knows of each message that it was delivered, or the deadline. */
  untilDelivered(messages: number, deadline: number): Promise<Totals>;
  /** Takes a last sample, and ends. */
  close(): Promise<void>;
}

const POLL_MS = 500;
const SEND_FUNCTION = "%send-message";

/** Samples the stack once a window, from outside of its processes. */
export async function watchDrain(stack: DrainStack, { windowMs }: DrainPlan): Promise<Watch> {
  const server = postgres(stack.databaseUrl, { max: 1 });
  const engine = postgres(stack.engineDatabaseUrl, { max: 1, connection: { search_path: SCHEMA } });
  const samples: Sample[] = [await readSample(stack, server, engine)];
  const beganAt = samples[0]?.at ?? 0;
  const stop = new AbortController();
  const sampling = (async () => {
    while (!stop.signal.aborted) {
      const dueMs = Math.max(0, beganAt + samples.length * windowMs - Date.now());
      await pause(dueMs, undefined, { signal: stop.signal }).catch(() => {});
      samples.push(await readSample(stack, server, engine));
    }
  })();
  return {
    samples,
    async untilDelivered(messages, deadline) {
      while ((await countDelivered(server)) < messages && Date.now() < deadline) await pause(POLL_MS);
      return readTotals(server, engine);
    },
    async close() {
      if (stop.signal.aborted) return;
      stop.abort();
      await sampling;
      await Promise.all([server.end({ timeout: 5 }), engine.end({ timeout: 5 })]);
    },
  };
}

async function readSample(stack: DrainStack, server: Sql, engine: Sql): Promise<Sample> {
  const [cpu, outbox, queue] = await Promise.all([
    readCpu(stack),
    server<{ waiting: number }[]>`
      select count(*)::int as waiting from outbox where sent_at is null and available_at <= now()`,
    engine<Pick<Sample, "throttled" | "due" | "behind" | "inFlight">[]>`
      with busy as (
        select coalesce(array_agg(key), '{}') as keys from queue, unnest(concurrency_keys) as key
        where lease_until > now())
      select count(*) filter (where due_at > now())::int as throttled,
        count(*) filter (
          where due_at <= now() and lease_until <= now() and not concurrency_keys && busy.keys)::int as due,
        count(*) filter (
          where due_at <= now() and lease_until <= now() and concurrency_keys && busy.keys)::int as behind,
        count(*) filter (where lease_until > now())::int as "inFlight"
      from queue, busy where kind = 'call' and function_id like ${SEND_FUNCTION}`,
  ]);
  const now = { throttled: 0, due: 0, behind: 0, inFlight: 0, ...queue[0] };
  return { at: Date.now(), cpu, outbox: outbox[0]?.waiting ?? 0, ...now };
}

async function readTotals(server: Sql, engine: Sql): Promise<Totals> {
  const [sends] = await server<{ attempts: number }[]>`
    select coalesce(sum(attempts), 0)::int as attempts from messages where direction = 'outbound'`;
  const [refused] = await server<{ throughput: number; pair: number }[]>`
    select count(*) filter (where error->>'code' = '130429')::int as throughput,
      count(*) filter (where error->>'code' = '131056')::int as pair
    from message_events where error is not null`;
  const [ran] = await engine<{ runs: number }[]>`
    select count(*)::int as runs from runs where function_id like ${SEND_FUNCTION}`;
  return {
    delivered: await countDelivered(server),
    attempts: sends?.attempts ?? 0,
    throughputRefusals: refused?.throughput ?? 0,
    pairRefusals: refused?.pair ?? 0,
    runs: ran?.runs ?? 0,
  };
}

async function countDelivered(server: Sql): Promise<number> {
  const [row] = await server<{ delivered: number }[]>`
    select count(*)::int as delivered from messages where direction = 'outbound' and status = 'delivered'`;
  return row?.delivered ?? 0;
}
