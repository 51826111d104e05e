import type { Transaction } from "#db/client";
import { newId } from "../ids";
import { insertAuditRow } from "./store";

/** One line of the record. Ids and codes only; never message text, numbers or keys. */
export interface AuditEntry {
  /** Given where an entry may be written twice because nobody knows whether the first time was committed. */
  readonly id?: string;
  readonly at: Date;
  readonly actor: "key" | "system" | "admin" | "anonymous";
  readonly action: string;
  readonly outcome: "ok" | "refused" | "failed";
  readonly clientId?: string;
  readonly apiKeyId?: string;
  readonly errorCode?: string;
  readonly phoneNumberId?: string;
  readonly conversationId?: string;
  readonly messageId?: string;
  readonly requestId?: string;
  readonly latencyMs?: number;
  readonly detail?: Record<string, unknown>;
}

/** Writes an entry in the transaction of the change it records, so that neither exists without the other. */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await insertAuditRow(tx, { id: newId(), ...entry });
}
