import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

// Drizzle's migrator takes no lock: of five processes that start at once, four fail without this one.
const MIGRATION_LOCK = 7200;

/**
 * Brings the database to the newest schema. Safe to call from several processes at once: they queue on an
 * advisory lock, and whoever comes later finds nothing to do.
 *
 * @param url a login that owns the tables and may create roles
 * @param migrationsDir the folder that holds `meta/_journal.json`
 */
export async function migrateDatabase(url: string, migrationsDir: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(sql), { migrationsFolder: migrationsDir });
  } finally {
    // The lock belongs to the session and ends with it.
    await sql.end({ timeout: 5 });
  }
}
