import type { Inngest } from "inngest";
import type { SystemContext } from "#server/utils/context";
import { tellRead } from "#server/utils/messaging/marking/tell-read";
import { carryOut } from "./carry-out";
import { messageRead } from "./events";

/** Tells a person that a message was read, and that somebody types. Few retries: it is worth less with every hour. */
export const createMarkRead = (inngest: Inngest, ctx: SystemContext) =>
  inngest.createFunction({ id: "mark-read", retries: 5, triggers: [messageRead] }, ({ event }) =>
    carryOut(ctx.log, "mark-read", () => {
      const { message_id: messageId, typing_until: typingUntil } = event.data;
      return tellRead(ctx, messageId, typingUntil === undefined ? undefined : new Date(typingUntil));
    }),
  );
