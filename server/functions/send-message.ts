import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { carryOut } from "./carry-out";
import { messageQueued } from "./events";

/**
 * Sends the next message of a conversation. No steps: the state machine is in PostgreSQL, and every step would be billed.
 * One run per conversation at a time keeps runs from waiting for each other; order comes from the database.
 */
export const createSendMessage = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction(
    {
      id: "send-message",
      retries: 10,
      concurrency: [{ key: "event.data.conversation_id", limit: 1 }],
      // Meta's limit for a number. No burst: it would come on top of the limit (measured on Inngest).
      throttle: { key: "event.data.phone_number_id", limit: ctx.config.sendsPerSecond, period: "1s" },
      triggers: [messageQueued],
    },
    ({ event, runId }) =>
      carryOut(ctx.log, "send-message", () => sendNextMessage(ctx, event.data.conversation_id, runId)),
  );
