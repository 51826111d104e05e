import type { Transaction } from "#db/client";
import { recordAudit } from "../audit/record-audit";
import type { AdminContext } from "./admin-context";
import { auditRefusal, type ActionTargets } from "./audit-refusal";

/**
 * Does the work of one action in one transaction, together with its audit row. An action that is refused, or fails,
 * changes nothing and leaves a row that says so.
 */
export async function performAction<T>(
  ctx: AdminContext,
  action: string,
  work: (tx: Transaction, targets: ActionTargets) => Promise<T>,
): Promise<T> {
  const targets: ActionTargets = {};
  return auditRefusal(ctx, action, targets, () =>
    ctx.database.asSystem(async (tx) => {
      const result = await work(tx, targets);
      await recordAudit(tx, { at: ctx.clock.now(), actor: "admin", action, outcome: "ok", ...targets });
      return result;
    }),
  );
}
