import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";

/** Everything the engine keeps lives in this schema of the given database. */
export const SCHEMA = "local_inngest";

/** A connection pool or an open transaction: whatever can run a query. */
export type Queryable = postgres.ISql;

/** A pool of connections whose search path is the engine's schema. */
export type Pool = postgres.Sql;

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 500;
const TRANSIENT_ATTEMPTS = 5;

/** Open the pool; nothing is connected before the first query. */
export function openDatabase(url: string): Pool {
  return postgres(url, {
    max: 10,
    connect_timeout: 5,
    // The driver's default waits up to 20 s before it tries a restarted server again.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 0.5),
    connection: { application_name: "local-inngest", search_path: SCHEMA },
    onnotice: () => {},
  });
}

/** Run a transaction; deadlocks and serialisation failures are tried again, as PostgreSQL asks of its clients. */
export async function transact<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await pool.begin((tx) => work(tx))) as T;
    } catch (error) {
      if (attempt >= TRANSIENT_ATTEMPTS || !isTransient(error)) throw error;
      await delay(Math.random() * 20 * attempt);
    }
  }
}

/**
 * Repeat work until the database is there again; other errors pass through. The work must be safe to repeat after a
 * commit whose answer was lost.
 *
 * @param giveUp - asked after each failure; true rethrows
 */
export async function untilConnected<T>(work: () => Promise<T>, giveUp: () => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionError(error) || giveUp()) throw error;
      await delay(Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MAX_MS));
    }
  }
}

/** Whether an error says that the database is away, starting or shutting down. */
export function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  return (
    // The driver's own codes, the socket's, and SQLSTATE classes 08 and 57P (shutdown, crash, starting up).
    /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT)$/.test(code) ||
    /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENETUNREACH)$/.test(code) ||
    /^(08\w{3}|57P0[123]|53300)$/.test(code)
  );
}

function isTransient(error: unknown): boolean {
  return codeOf(error) === "40P01" || codeOf(error) === "40001";
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
