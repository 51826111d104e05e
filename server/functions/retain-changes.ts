import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { retainChanges } from "#server/utils/retention/retain-changes";
import { carryOut } from "./carry-out";

/** Deletes old entries of the change feed, and statuses that never found their message. Daily, at a time at which few write. */
export const createRetainChanges = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "retain-changes", retries: 5, triggers: [cron("47 3 * * *")] }, () =>
    carryOut(ctx.log, "retain-changes", () => retainChanges(ctx)),
  );
