import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { retainMedia } from "#server/utils/retention/retain-media";
import { carryOut } from "./carry-out";

/** Deletes files that are older than MEDIA_KEEP_DAYS, or whose messages are gone. Daily, after the messages. */
export const createRetainMedia = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "retain-media", retries: 5, triggers: [cron("47 3 * * *")] }, () =>
    carryOut(ctx.log, "retain-media", () => retainMedia(ctx)),
  );
