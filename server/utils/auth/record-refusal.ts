import { recordAudit, type AuditEntry } from "../audit/record-audit";
import type { SystemContext } from "../context";
import { describeError } from "../log";

type Refusal = Pick<AuditEntry, "action" | "clientId" | "apiKeyId" | "detail"> & {
  readonly errorCode: string;
};

/** Puts it on record that somebody was refused. When that fails the answer stays what it is. */
export async function recordRefusal(
  { database, clock, log }: Pick<SystemContext, "database" | "clock" | "log">,
  refusal: Refusal,
): Promise<void> {
  try {
    await recordAudit(database.system, {
      at: clock.now(),
      actor: "anonymous",
      outcome: "refused",
      ...refusal,
    });
  } catch (error) {
    log.warn(`${refusal.action}: no audit row could be written:`, describeError(error));
  }
}
