import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { prepareStatements } from "./prepare-statements";
import * as schema from "./schema/index";

/** A transaction, or a connection that commits each statement by itself. */
export type Transaction = Pick<
  PostgresJsDatabase<typeof schema>,
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "execute"
>;

/** The two ways into the database, and its notifications. */
export interface Database {
  /** Runs `work` in a transaction as `wamcp_system`: webhooks, functions, the admin. */
  asSystem<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction as `wamcp_client`, which row-level security confines to this client. */
  asClient<T>(clientId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction as `wamcp_archiver`, the only role that may take rows out of the audit log. */
  asArchiver<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The database's own time, in milliseconds since 1970. */
  readTimeMs(): Promise<number>;
  /** Single statements as `wamcp_system`, each committed by itself. */
  readonly system: Transaction;
  /**
   * Listens on a channel. `onListening` is called after every (re)connect: notifications sent in between
   * are lost, so whoever listens must then look at the tables.
   */
  listen(channel: string, onNotify: (payload: string) => void, onListening: () => void): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The system's login, or one that may take all three roles. */
  readonly url: string;
  /** The login of tool calls; `url` when left out. */
  readonly clientUrl?: string;
  /** The login that may take rows out of the audit log; `url` when left out. */
  readonly archiverUrl?: string;
  /** Connections per role; the server holds twice as many, and one that listens. */
  readonly maxConnections?: number;
}

// postgres.js waits up to 20 s between its attempts to reconnect; with this a database that came back
// is used again within half a second (measured: 0.1 s instead of up to 7.8 s).
const backoff = (attempt: number): number => Math.min(0.05 * 2 ** attempt, 0.5);

// A call of one client may not keep a connection of all clients' for as long as it likes.
const CLIENT_STATEMENT_MS = 15_000;

interface RoleOptions {
  readonly max?: number;
  readonly idleSeconds?: number;
  readonly statementTimeoutMs?: number;
}

/** Opens the connections. Nothing connects before the first statement; the roles must exist by then. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, clientUrl = url, archiverUrl = url, maxConnections = 10 } = options;
  const connect = (
    login: string,
    role: string,
    { max = maxConnections, idleSeconds, statementTimeoutMs }: RoleOptions = {},
  ) =>
    postgres(login, {
      max,
      ...(idleSeconds === undefined ? {} : { idle_timeout: idleSeconds }),
      backoff,
      connect_timeout: 5,
      // postgres.js asks for the array types on every new connection and lets nobody catch the failure: a database that
      // goes away in that moment would end the process. Drizzle reads and writes arrays by itself.
      fetch_types: false,
      onnotice: () => {},
      // A login that may take several roles steps down for the whole connection.
      connection: {
        role,
        application_name: `wamcp:${role}`,
        ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
      },
    });
  const systemSql = connect(url, "wamcp_system");
  const clientSql = connect(clientUrl, "wamcp_client", { statementTimeoutMs: CLIENT_STATEMENT_MS });
  // Needed once a day: connects when it is, and leaves again.
  const archiverSql = connect(archiverUrl, "wamcp_archiver", { max: 1, idleSeconds: 10 });
  const archiver = drizzle(archiverSql, { schema });
  const system = drizzle(prepareStatements(systemSql), { schema });
  const client = drizzle(prepareStatements(clientSql), { schema });
  return {
    system,
    asSystem: (work) => system.transaction((tx) => work(tx)),
    readTimeMs: async () => {
      const rows = await system.execute<{ ms: number }>(
        sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
      );
      return rows[0]?.ms ?? Number.NaN;
    },
    asArchiver: (work) => archiver.transaction((tx) => work(tx)),
    asClient: (clientId, work) =>
      client.transaction(async (tx) => {
        await tx.execute(sql`select set_config('app.client_id', ${clientId}, true)`);
        return work(tx);
      }),
    listen: async (channel, onNotify, onListening) => {
      await systemSql.listen(channel, onNotify, onListening);
    },
    close: async () => {
      await Promise.all([systemSql, clientSql, archiverSql].map((role) => role.end({ timeout: 5 })));
    },
  };
}
