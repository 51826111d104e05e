import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { retainMessages } from "#server/utils/retention/retain-messages";
import { carryOut } from "./carry-out";

/** Deletes messages that are older than MESSAGE_KEEP_DAYS. Daily, at a time at which few write. */
export const createRetainMessages = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "retain-messages", retries: 5, triggers: [cron("17 3 * * *")] }, () =>
    carryOut(ctx.log, "retain-messages", () => retainMessages(ctx)),
  );
