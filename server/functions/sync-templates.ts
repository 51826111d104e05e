import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { syncTemplates } from "#server/utils/messaging/templates/sync-templates";
import { carryOut } from "./carry-out";
import { templatesChanged } from "./events";

/** Stores the templates as Meta has them: every night, and of one account when Meta says that one has changed. */
export const createSyncTemplates = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    {
      id: "sync-templates",
      retries: 5,
      concurrency: [{ limit: 1 }],
      // Meta takes 200 such calls an hour from an account (Meta, "Rate limits"), and tells of each template by itself.
      debounce: { key: "event.data.waba_id", period: "5s", timeout: "10m" },
      triggers: [cron("7 4 * * *"), templatesChanged],
    },
    ({ event }) =>
      carryOut(ctx.log, "sync-templates", () =>
        syncTemplates(ctx, event.name === "wa/templates.changed" ? event.data.waba_id : undefined),
      ),
  );
