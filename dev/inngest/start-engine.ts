import type { Engine } from "./engine";
import { performCall } from "./executor/perform-call";
import { performTimer } from "./executor/perform-timer";
import { startHttp } from "./http/start-http";
import { holdInstance } from "./queue/hold-instance";
import { releaseDeadLeases } from "./queue/release-dead-leases";
import { startWorkLoop } from "./queue/work-loop";
import { saySparingly } from "./say-sparingly";
import { createSigner } from "./signature";
import { openDatabase, transact, untilConnected, type Pool } from "./store/database";
import { readFunctions, readRevision, type FunctionSet } from "./store/functions";
import { prune } from "./store/prune";
import { claimCalls, claimTimers, readNextDueMs, renewLeases } from "./store/queue";
import { createSchema } from "./store/schema";
import { startSync } from "./sync-apps";

/** How to start the local engine. */
export interface EngineOptions {
  databaseUrl: string;
  /** Loopback unless told otherwise. */
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Handlers of the apps to register, e.g. `http://127.0.0.1:3000/api/inngest`. */
  sdkUrls?: readonly string[];
  /** Given: keyed mode. Calls are signed and the app's answers and registration are checked. */
  signingKey?: string;
  /** Event keys to accept; none accepts any. */
  eventKeys?: readonly string[];
  /** Replaces Inngest's backoff (15 s and more) between attempts. */
  retryIntervalMs?: number;
  /** Most calls to apps at once. */
  parallelCalls?: number;
  log?: (line: string) => void;
}

/** A running engine. */
export interface RunningEngine {
  url: string;
  port: number;
  /** Take nothing new, wait up to five seconds for what is in flight, and stop. */
  close(): Promise<void>;
}

const PARALLEL_CALLS = 20;
const PARALLEL_TIMERS = 10;
const DRAIN_MS = 4000;
const SAME_LINE_MS = 10_000;
const PRUNE_MS = 10 * 60_000;

/**
 * Start the embedded engine: Inngest's documented SDK protocol over HTTP with all state in PostgreSQL, for
 * development and tests on one machine. Waits for the database if it is away.
 *
 * @throws Error when the port is taken, the signing key is malformed, or it comes without an event key
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const log = saySparingly(options.log ?? (() => {}), SAME_LINE_MS);
  if (options.signingKey !== undefined && !options.eventKeys?.length) {
    throw new Error("keyed mode needs an event key beside the signing key");
  }
  const signer = options.signingKey === undefined ? undefined : createSigner(options.signingKey);
  const pool = openDatabase(options.databaseUrl);
  const instance = await prepareDatabase(pool, log);
  let closing = false;
  let wake = (): void => {};
  let syncSoon = (): void => {};
  const engine: Engine = {
    pool,
    instance,
    signer,
    eventKeys: options.eventKeys ?? [],
    retryIntervalMs: options.retryIntervalMs,
    functions: createCatalog(),
    wake: () => wake(),
    syncSoon: () => syncSoon(),
    log,
    isClosing: () => closing,
  };
  const letGo = await holdInstance(options.databaseUrl, instance);
  await untilConnected(() => releaseDeadLeases(pool, instance), engine.isClosing);
  const host = options.host ?? "127.0.0.1";
  const server = await startHttp(engine, host, options.port ?? 0);
  const loops = startLoops(engine, options.parallelCalls ?? PARALLEL_CALLS);
  wake = () => loops.forEach((loop) => loop.wake());
  const sync = startSync({ sdkUrls: options.sdkUrls ?? [], signer, log });
  syncSoon = sync.soon;
  const pruning = setInterval(() => void prune(pool).catch(() => {}), PRUNE_MS);
  return {
    url: `http://${host}:${server.port}`,
    port: server.port,
    async close() {
      closing = true;
      clearInterval(pruning);
      await Promise.all([sync.close(), ...loops.map((loop) => loop.close(DRAIN_MS))]);
      await server.close();
      await letGo();
      await pool.end({ timeout: 1 });
    },
  };
}

/** Create the schema and take a number; the database may still be starting. */
async function prepareDatabase(pool: Pool, log: (line: string) => void): Promise<number> {
  let said = false;
  const instance = await untilConnected(
    async () => {
      await createSchema(pool, log);
      const [row] = await pool<{ instance: number }[]>`select nextval('instances')::int as instance`;
      return row?.instance ?? 0;
    },
    () => {
      if (!said) log("waiting for the database");
      said = true;
      return false;
    },
  );
  await prune(pool).catch(() => {});
  return instance;
}

function startLoops(engine: Engine, parallelCalls: number) {
  const { pool, instance, log } = engine;
  const renew = (ids: readonly string[]): Promise<void> => renewLeases(pool, instance, ids);
  const calls = startWorkLoop({
    capacity: parallelCalls,
    claim: (limit, inFlight) => transact(pool, (tx) => claimCalls(tx, instance, limit, inFlight)),
    nextDueMs: () => readNextDueMs(pool, true),
    perform: (item) => performCall(engine, item),
    renew,
    log,
  });
  const timers = startWorkLoop({
    capacity: PARALLEL_TIMERS,
    claim: (limit) => claimTimers(pool, instance, limit),
    nextDueMs: () => readNextDueMs(pool, false),
    perform: (item) => performTimer(engine, item),
    renew,
    log,
  });
  return [calls, timers];
}

/** Keep the functions in memory and read them again when their revision has changed. */
function createCatalog(): Engine["functions"] {
  let known: FunctionSet | undefined;
  return async (sql) => {
    if (known?.revision !== (await readRevision(sql))) known = await readFunctions(sql);
    return known as FunctionSet;
  };
}
