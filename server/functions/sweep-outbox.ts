import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { recover } from "#server/utils/maintenance";
import { carryOut } from "./carry-out";

/**
 * Picks up what a crash left behind. The server does so by itself every few seconds; this is the guarantee when
 * it does not, and rare because every run is billed.
 */
export const createSweepOutbox = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "sweep-outbox", retries: 3, triggers: [cron("*/15 * * * *")] }, () =>
    carryOut(ctx.log, "sweep-outbox", () => recover(ctx)),
  );
