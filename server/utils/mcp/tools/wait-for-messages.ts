import * as v from "valibot";
import { MessageViewSchema, UNTRUSTED_NOTICE } from "../../messaging/message-view";
import { waitForMessages as waitForArrivals } from "../../messaging/reading/wait-for-messages";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const waitForMessages = defineTool({
  name: "wait_for_messages",
  title: "Wait for messages",
  description:
    "Wait until people write; returns at once when there is something. Pass the returned cursor to the next call. Without a cursor it begins with what is unread.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    cursor: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
    // Below the 60 s of common proxies by default, and below the 2 minutes after which hosts put a call aside.
    timeout_s: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(110)), 45),
    phone_number_id: fields.phoneNumberId,
    conversation_id: fields.conversationId,
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 20),
  }),
  output: v.object({ messages: v.array(MessageViewSchema), cursor: v.string(), notice: v.string() }),
  run: async (ctx, input) => {
    const arrivals = await waitForArrivals(ctx, {
      cursor: input.cursor,
      timeoutSeconds: input.timeout_s,
      waPhoneNumberId: input.phone_number_id,
      conversationId: input.conversation_id,
      limit: input.limit,
    });
    return { ...arrivals, notice: UNTRUSTED_NOTICE };
  },
});
