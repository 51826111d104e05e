import { asc, inArray, lt, sql } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { auditLog } from "#db/schema/index";

export type AuditRow = typeof auditLog.$inferSelect;

/** Writes a row, unless one with this id is there. */
export async function insertAuditRow(tx: Transaction, row: typeof auditLog.$inferInsert): Promise<void> {
  await tx.insert(auditLog).values(row).onConflictDoNothing({ target: auditLog.id });
}

// Any number that no other lock has.
const ARCHIVE_LOCK = 7203;

/** Takes the archiver's lock until the end of the transaction; false when another process archives. */
export async function lockArchive(tx: Transaction): Promise<boolean> {
  const rows = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(${ARCHIVE_LOCK}) as locked`,
  );
  return rows.some(({ locked }) => locked);
}

/** The oldest rows from before a moment, in the order of time. */
export async function listAuditRowsBefore(tx: Transaction, before: Date, limit: number): Promise<AuditRow[]> {
  return tx
    .select()
    .from(auditLog)
    .where(lt(auditLog.at, before))
    .orderBy(asc(auditLog.at), asc(auditLog.id))
    .limit(limit);
}

/** Takes rows out of the log. Only the archiver's role may. */
export async function deleteAuditRows(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.delete(auditLog).where(inArray(auditLog.id, [...ids]));
}
