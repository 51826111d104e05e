import { recordAudit, type AuditEntry } from "../audit/record-audit";
import { toAppError } from "../errors";
import type { AdminContext } from "./admin-context";

/** What an action touched, for its audit row: filled in as the action finds it. Ids, codes and counts only. */
export interface ActionTargets {
  clientId?: string;
  apiKeyId?: string;
  phoneNumberId?: string;
  conversationId?: string;
  detail?: Record<string, unknown>;
}

/** Does the work of an action. When it is refused, or fails, a row of the record says so. */
export async function auditRefusal<T>(
  ctx: AdminContext,
  action: string,
  targets: ActionTargets,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code: errorCode } = toAppError(error);
    const outcome: AuditEntry["outcome"] =
      errorCode === "internal" || errorCode === "unavailable" ? "failed" : "refused";
    const entry = { at: ctx.clock.now(), actor: "admin", action, outcome, errorCode, ...targets } as const;
    // A database that is away takes no row either; what went wrong first is what the admin must hear.
    await recordAudit(ctx.database.system, entry).catch(() => {});
    throw error;
  }
}
