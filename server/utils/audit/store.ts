import type { Transaction } from "#db/client";
import { auditLog } from "#db/schema/index";

export async function insertAuditRow(tx: Transaction, row: typeof auditLog.$inferInsert): Promise<void> {
  await tx.insert(auditLog).values(row);
}
