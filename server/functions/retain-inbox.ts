import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { retainInbox } from "#server/utils/retention/retain-inbox";
import { carryOut } from "./carry-out";

/** Deletes webhook bodies that were handled more than INBOX_KEEP_DAYS ago. Daily, at a time at which few write. */
export const createRetainInbox = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "retain-inbox", retries: 5, triggers: [cron("29 3 * * *")] }, () =>
    carryOut(ctx.log, "retain-inbox", () => retainInbox(ctx)),
  );
