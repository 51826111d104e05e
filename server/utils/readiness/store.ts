import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** When the newest migration that this database has was made; 0 when it has none. */
export async function readNewestApplied(tx: Transaction): Promise<number> {
  const rows = await tx.execute<{ made_at: string | null }>(
    sql`select max(created_at) as made_at from drizzle.__drizzle_migrations`,
  );
  return Number(rows[0]?.made_at ?? 0);
}
