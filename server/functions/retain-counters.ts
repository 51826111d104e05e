import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { retainCounters } from "#server/utils/retention/retain-counters";
import { carryOut } from "./carry-out";

/** Deletes counters that no limit looks at any more. Daily, at a time at which few write. */
export const createRetainCounters = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "retain-counters", retries: 5, triggers: [cron("53 3 * * *")] }, () =>
    carryOut(ctx.log, "retain-counters", () => retainCounters(ctx)),
  );
