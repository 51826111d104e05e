import * as v from "valibot";
import { MessageViewSchema } from "../../messaging/message-view";
import { getMessages as readMessages } from "../../messaging/reading/get-messages";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const getMessages = defineTool({
  name: "get_messages",
  title: "Get messages",
  description: "Read stored messages in both directions, newest first, page by page.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    conversation_id: fields.conversationId,
    contact: v.optional(fields.to),
    phone_number_id: fields.phoneNumberId,
    direction: v.optional(v.picklist(["inbound", "outbound"])),
    since: fields.time,
    cursor: v.optional(v.pipe(v.string(), v.uuid("must be a next_cursor"))),
    limit: fields.pageLimit,
  }),
  output: v.object({
    messages: v.array(MessageViewSchema),
    next_cursor: v.nullable(v.string()),
    notice: v.string(),
  }),
  run: async (ctx, input) => {
    const page = await readMessages(ctx, {
      conversationId: input.conversation_id,
      contact: input.contact,
      waPhoneNumberId: input.phone_number_id,
      direction: input.direction,
      since: input.since === undefined ? undefined : new Date(input.since),
      cursor: input.cursor,
      limit: input.limit,
    });
    return { ...page, notice: UNTRUSTED_NOTICE };
  },
});
