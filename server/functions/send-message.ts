import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
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
      // Meta's default for a number is 80 messages a second.
      throttle: { key: "event.data.phone_number_id", limit: 80, period: "1s", burst: 80 },
      triggers: [messageQueued],
    },
    async ({ event }) => sendNextMessage(ctx, event.data.conversation_id),
  );
