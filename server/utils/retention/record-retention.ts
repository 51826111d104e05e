import { recordAudit } from "../audit/record-audit";
import type { SystemContext } from "../context";

/** Counts of a run, by what they count. */
export type RetentionReport = Readonly<Record<string, number | boolean>>;

/** Writes a run of retention into the audit log: what, how many, and since when is kept. */
export async function recordRetention(
  ctx: SystemContext,
  what: string,
  before: Date,
  report: RetentionReport,
): Promise<RetentionReport> {
  await recordAudit(ctx.database.system, {
    at: ctx.clock.now(),
    actor: "system",
    action: `retention.${what}`,
    outcome: "ok",
    detail: { ...report, before: before.toISOString() },
  });
  return report;
}
