import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { processInbox as processBodies } from "#server/utils/inbox/process-inbox";
import { carryOut } from "./carry-out";
import { inboxReceived } from "./events";

/** The guarantee behind every accepted webhook, and its replay. Bodies that the fast path handled are passed over. */
export const createProcessInbox = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "process-inbox", retries: 10, triggers: [inboxReceived] }, ({ event }) =>
    carryOut(ctx.log, "process-inbox", async () => ({
      bodies: await processBodies(ctx, event.data.inbox_ids),
    })),
  );
