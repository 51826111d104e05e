import { cron, type Inngest } from "inngest";
import { archiveAudit } from "#server/utils/audit/archive-audit";
import type { SystemContext } from "#server/utils/context";
import { carryOut } from "./carry-out";

/** Moves old rows of the audit log into files, every night. Answers counts. */
export const createArchiveAudit = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "archive-audit", retries: 3, triggers: [cron("41 3 * * *")] }, () =>
    carryOut(ctx.log, "archive-audit", () => archiveAudit(ctx)),
  );
