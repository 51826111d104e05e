import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { carryOut } from "./carry-out";
import { messageUncertain } from "./events";

/** Decides about a message whose outcome nobody knows, once silence means something. */
export const createSettleUncertain = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    { id: "settle-uncertain", retries: 10, triggers: [messageUncertain] },
    async ({ event, runId }) =>
      carryOut(ctx.log, "settle-uncertain", () => settleUncertain(ctx, event.data.message_id, runId)),
  );
