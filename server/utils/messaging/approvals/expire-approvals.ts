import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { decideApproval } from "./decide-approval";
import { listOverdueApprovals } from "./store";

const BATCH = 100;

/** Ends what nobody approved in time. */
export async function expireApprovals(ctx: SystemContext): Promise<number> {
  const overdue = await listOverdueApprovals(ctx.database.system, ctx.clock.now(), BATCH);
  for (const approvalId of overdue) {
    try {
      await decideApproval(ctx, { approvalId, verdict: "expire", by: "clock" });
    } catch (error) {
      // Another process, or a person in the last moment, was faster.
      if (!(error instanceof AppError && error.code === "conflict")) throw error;
    }
  }
  return overdue.length;
}
