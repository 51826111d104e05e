import { drizzle } from "drizzle-orm/postgres-js";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

// Drizzle's migrator takes no lock: of five processes that start at once, four fail without this one.
const MIGRATION_LOCK = 7200;

/**
 * Brings the database to the newest schema. Safe to call from several processes at once: they queue on an
 * advisory lock, and whoever comes later finds nothing to do.
 *
 * @param url a login that owns the database and may create roles, or has been made a member of the three; where there is
 *   nothing to do, any that may become `wamcp_system`
 * @param migrationsDir the folder that holds `meta/_journal.json`
 * @throws Error when there is something to do and the login may not
 */
export async function migrateDatabase(url: string, migrationsDir: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    if (await isCurrent(sql, migrationsDir)) return;
    await migrate(drizzle(sql), { migrationsFolder: migrationsDir });
    // Drizzle keeps its list for its owner alone; /ready compares it with what it was shipped with.
    await sql`grant usage on schema drizzle to wamcp_system`;
    await sql`grant select on drizzle.__drizzle_migrations to wamcp_system`;
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new Error(
      "the schema is not up to date, and this login may not change it: run `migrate` as its owner",
      {
        cause: error,
      },
    );
  } finally {
    // The lock belongs to the session and ends with it.
    await sql.end({ timeout: 5 });
  }
}

// Drizzle would ask for the rights to make its own table even where it has nothing to do, and the server's login has none.
// A newer schema is one that a newer release migrated while this one still runs.
async function isCurrent(sql: postgres.Sql, migrationsDir: string): Promise<boolean> {
  const shipped = readMigrationFiles({ migrationsFolder: migrationsDir }).map(
    ({ folderMillis }) => folderMillis,
  );
  try {
    const [row] = await sql<[{ applied: string | null; readable: boolean }]>`
      select max(created_at) as applied,
        has_table_privilege('wamcp_system', 'drizzle.__drizzle_migrations', 'select') as readable
      from drizzle.__drizzle_migrations`;
    return row.readable && Number(row.applied) >= Math.max(...shipped);
  } catch (error) {
    // It is not there yet, or was made by a release that kept it for its owner.
    if (error instanceof postgres.PostgresError && ["42P01", "3F000", "42501"].includes(error.code))
      return false;
    throw error;
  }
}

function isDenied(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((thrown) => thrown instanceof postgres.PostgresError && thrown.code === "42501");
}
