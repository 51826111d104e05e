import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { openDatabase } from "#db/client";
import { migrateDatabase } from "#db/migrate";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { createDatabase } from "#dev/stack/create-database";
import { fillDatabase } from "./fill-database";
import { seedRowTenants } from "./seed-row-tenants";

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../db/migrations", import.meta.url));

// deploy/postgres/postgresql.conf with what docker-compose.prod.yml says besides.
const SETTINGS = {
  shared_buffers: "512MB",
  effective_cache_size: "1536MB",
  max_wal_size: "4GB",
  // The audit row of a call is not waited for: how long a disk takes would hide how long the reading takes.
  synchronous_commit: "off",
  // Says plans where it is told to: explain-call.ts.
  session_preload_libraries: "auto_explain",
  // What is measured must not share the machine with what tidies up after the fill, which has done that itself.
  autovacuum: "off",
};
const FILL_SETTINGS = {
  ...SETTINGS,
  shared_buffers: "2GB",
  max_wal_size: "16GB",
  wal_level: "minimal",
  max_wal_senders: "0",
  fsync: "off",
  full_page_writes: "off",
};

/** A server with a database of each size. */
export interface RowDatabases {
  /** The databases' URLs, in the order of the sizes. */
  readonly urls: readonly string[];
  /** Receives each line of the server's log while it is set. */
  onLine: ((line: string) => void) | undefined;
  stop(): Promise<void>;
}

/**
 * Opens a server with filled databases. Fills those that are missing, which takes long for millions of rows.
 *
 * @param dataDir kept, with whatever was filled before; a temporary one when undefined
 */
export async function openRowDatabases(
  sizes: readonly number[],
  dataDir: string | undefined,
  log: (line: string) => void,
): Promise<RowDatabases> {
  if (dataDir === undefined) {
    // It goes with its server, so that one does both.
    return serve(await startFilled(sizes, {}, log), sizes);
  }
  await (await startFilled(sizes, { dataDir }, log)).server.stop();
  const held = createLineHolder();
  const server = await startPostgres({ dataDir, settings: SETTINGS, log: held.take });
  return serve({ server, held }, sizes);
}

interface Started {
  readonly server: LocalPostgres;
  readonly held: ReturnType<typeof createLineHolder>;
}

function createLineHolder() {
  const holder = {
    onLine: undefined as ((line: string) => void) | undefined,
    take: (line: string): void => holder.onLine?.(line),
  };
  return holder;
}

function serve({ server, held }: Started, sizes: readonly number[]): RowDatabases {
  return {
    urls: sizes.map((rows) => server.url(nameOf(rows))),
    get onLine() {
      return held.onLine;
    },
    set onLine(listener) {
      held.onLine = listener;
    },
    stop: () => server.stop(),
  };
}

const nameOf = (rows: number): string => `rows_${rows}`;

async function startFilled(
  sizes: readonly number[],
  place: { dataDir?: string },
  log: (line: string) => void,
): Promise<Started> {
  const held = createLineHolder();
  const settings = place.dataDir === undefined ? SETTINGS : FILL_SETTINGS;
  const server = await startPostgres({ ...place, settings, log: held.take });
  try {
    for (const rows of sizes) await ensureFilled(server, rows, log);
    return { server, held };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A database gets its name when it is whole. */
async function ensureFilled(server: LocalPostgres, rows: number, log: (line: string) => void): Promise<void> {
  const name = nameOf(rows);
  const unfinished = `${name}_unfinished`;
  const admin = postgres(server.url(), { max: 1, onnotice: () => {} });
  try {
    const found = await admin`select from pg_database where datname = ${name}`;
    if (found.length > 0) return await migrateDatabase(server.url(name), MIGRATIONS_DIR);
    await admin`drop database if exists ${admin(unfinished)} with (force)`;
    const startMs = performance.now();
    const { url } = await createDatabase(server.url(), unfinished);
    await migrateDatabase(url, MIGRATIONS_DIR);
    const database = openDatabase({ url });
    const tenants = await seedRowTenants(database).finally(() => database.close());
    await fillDatabase(url, tenants, rows, (line) => log(`${name}: ${line}`));
    await admin`alter database ${admin(unfinished)} rename to ${admin(name)}`;
    log(`${name}: filled in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  } finally {
    await admin.end({ timeout: 5 });
  }
}
