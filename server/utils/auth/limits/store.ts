import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** Counts a call against a key. Returns 0, or the seconds until one will be allowed. */
export async function takeRatePermit(tx: Transaction, limitsKeyId: string, limit: number): Promise<number> {
  const rows = await tx.execute<{ wait_s: number }>(
    sql`select take_rate_permit(${limitsKeyId}::uuid, ${limit}::integer) as wait_s`,
  );
  return rows[0]?.wait_s ?? 0;
}

/** A cap that is full. */
export interface FullCap {
  readonly scope: "client" | "key" | "grant" | "recipient";
  readonly cap: number;
  readonly retryAt: Date;
}

/** Counts a message that was just inserted against every cap that holds for it; says which one is full. */
export async function chargeMessage(tx: Transaction, messageId: string): Promise<FullCap | undefined> {
  const rows = await tx.execute<{ scope: FullCap["scope"]; cap: number; retry_at: string }>(
    sql`select scope, cap, retry_at from charge_send(${messageId}::uuid)`,
  );
  const row = rows[0];
  return row && { scope: row.scope, cap: row.cap, retryAt: new Date(row.retry_at) };
}
