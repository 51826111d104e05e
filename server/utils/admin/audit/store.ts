import { and, asc, desc, eq, getTableColumns, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#db/client";
import { auditLog } from "#db/schema/index";

/** A line of the record, with every column. */
export type AuditRow = typeof auditLog.$inferSelect;

/** Which lines are meant: those that every named property fits. */
export interface AuditFilter {
  readonly clientId?: string | undefined;
  /** From here on. */
  readonly since?: Date | undefined;
  /** Up to here, and without it. */
  readonly until?: Date | undefined;
}

/** A place in the record, in the order of time. Exact to the microsecond, which a `Date` is not. */
export interface AuditPlace {
  readonly at: string;
  readonly id: string;
}

/** A page of the record, oldest first, and where the next one begins. */
export async function selectAuditPage(
  tx: Transaction,
  filter: AuditFilter,
  after: AuditPlace | undefined,
  limit: number,
): Promise<{ rows: AuditRow[]; last: AuditPlace | undefined }> {
  const beyond =
    after && sql`(${auditLog.at}, ${auditLog.id}) > (${after.at}::timestamptz, ${after.id}::uuid)`;
  const found = await tx
    .select({ ...getTableColumns(auditLog), place: sql<string>`${auditLog.at}::text` })
    .from(auditLog)
    .where(and(...conditionsOf(filter), beyond))
    .orderBy(asc(auditLog.at), asc(auditLog.id))
    .limit(limit);
  const last = found.at(-1);
  return {
    rows: found.map(({ place: _place, ...row }) => row),
    last: last && { at: last.place, id: last.id },
  };
}

/** The newest lines, newest first. */
export async function selectNewestAudit(
  tx: Transaction,
  filter: AuditFilter,
  limit: number,
): Promise<AuditRow[]> {
  return tx
    .select()
    .from(auditLog)
    .where(and(...conditionsOf(filter)))
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit);
}

/** The lines that were written since a moment, by the time in their ids, oldest first. */
export async function selectAuditWrittenSince(
  tx: Transaction,
  clientId: string | undefined,
  since: Date,
): Promise<AuditRow[]> {
  const isRecent = sql`${auditLog.id} >= uuid_floor(${since.toISOString()}::timestamptz)`;
  return tx
    .select()
    .from(auditLog)
    .where(and(...conditionsOf({ clientId }), isRecent))
    .orderBy(asc(auditLog.id));
}

function conditionsOf({ clientId, since, until }: AuditFilter): (SQL | undefined)[] {
  return [
    clientId === undefined ? undefined : eq(auditLog.clientId, clientId),
    since && gte(auditLog.at, since),
    until && lt(auditLog.at, until),
  ];
}
