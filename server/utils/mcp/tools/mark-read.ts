import * as v from "valibot";
import { markRead as mark } from "../../messaging/marking/mark-read";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const markRead = defineTool({
  name: "mark_read",
  title: "Mark as read",
  description:
    "Mark a conversation, or a message and those before it, as read, here and for the person. typing shows that an answer is coming.",
  hints: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    conversation_id: fields.conversationId,
    message_id: v.optional(fields.messageId),
    typing: v.optional(v.boolean(), false),
  }),
  output: v.object({
    conversation_id: v.string(),
    unread: v.number(),
    receipt: v.pipe(v.boolean(), v.description("false: nobody wrote, or over 30 days ago")),
  }),
  run: async (ctx, input) => ({
    ...(await mark(ctx, {
      conversationId: input.conversation_id,
      messageId: input.message_id,
      isTyping: input.typing,
    })),
  }),
});
