import * as v from "valibot";
import { getConversation as readConversation } from "../../messaging/conversations/reading/get-conversation";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { ListedMessageSchema } from "../listed-message-schema";

export const getConversation = defineTool({
  name: "get_conversation",
  title: "Get a conversation",
  description:
    "Tell how a conversation stands: unread, the 24-hour window, the last message, who it is with.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({ conversation_id: v.pipe(v.string(), v.uuid("must be a conversation_id")) }),
  output: v.object({
    conversation_id: v.string(),
    contact_id: v.string(),
    phone_number_id: v.string(),
    own: v.boolean(),
    unread: v.number(),
    window: v.object({ open: v.boolean(), closes_at: v.nullable(v.string()) }),
    last_message_at: v.nullable(v.string()),
    last_message: v.nullable(ListedMessageSchema),
    aliases: v.array(v.object({ kind: v.string(), value: v.string() })),
    untrusted_name: v.optional(v.string()),
    untrusted_username: v.optional(v.string()),
    notice: v.string(),
  }),
  run: async (ctx, input) => {
    const conversation = await readConversation(ctx, input.conversation_id);
    return { ...conversation, notice: UNTRUSTED_NOTICE };
  },
});
