import { cron, type Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { syncNumbers } from "#server/utils/numbers/sync-numbers";
import { carryOut } from "./carry-out";
import { numbersChanged } from "./events";

/** Asks Meta daily how the numbers are, and when a webhook says that something about them is another. */
export const createSyncNumbers = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    {
      id: "sync-numbers",
      retries: 5,
      concurrency: [{ limit: 1 }],
      // Several webhooks often tell of one change.
      debounce: { key: "event.data.waba_id", period: "5s", timeout: "10m" },
      triggers: [cron("17 4 * * *"), numbersChanged],
    },
    ({ event }) =>
      carryOut(ctx.log, "sync-numbers", () =>
        syncNumbers(ctx, event.name === "wa/numbers.changed" ? event.data.waba_id : undefined),
      ),
  );
