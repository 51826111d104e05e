import * as v from "valibot";
import { MessageViewSchema } from "../../messaging/message-view";
import { waitForMessages as waitForArrivals } from "../../messaging/reading/wait-for-messages";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const waitForMessages = defineTool({
  name: "wait_for_messages",
  title: "Wait for messages",
  description:
    "Wait until people write; returns at once when there is something. Pass the returned cursor to the next call. Without a cursor it begins with what is unread.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    cursor: v.optional(
      v.pipe(
        v.string(),
        v.minLength(1),
        v.maxLength(80),
        v.description(
          'From the call before; with another filter nothing is skipped, something may come again. "now": from here on',
        ),
      ),
    ),
    timeout_s: fields.timeoutSeconds(45),
    phone_number_id: fields.phoneNumberId,
    conversation_id: fields.conversationId,
    include: v.optional(
      v.pipe(
        v.array(v.picklist(["outbound", "statuses"])),
        v.maxLength(2),
        v.description("From here on, also what is sent, and sent messages whose status changes"),
      ),
      [],
    ),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 20),
  }),
  output: v.object({
    messages: v.array(MessageViewSchema),
    cursor: v.string(),
    more: v.optional(v.pipe(v.literal(true), v.description("the next call returns at once"))),
    notice: v.string(),
  }),
  run: async (ctx, input) => {
    const arrivals = await waitForArrivals(ctx, {
      cursor: input.cursor,
      timeoutSeconds: input.timeout_s,
      waPhoneNumberId: input.phone_number_id,
      conversationId: input.conversation_id,
      include: input.include,
      limit: input.limit,
    });
    return { ...arrivals, notice: UNTRUSTED_NOTICE };
  },
});
