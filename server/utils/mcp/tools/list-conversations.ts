import * as v from "valibot";
import { listActiveConversations } from "../../messaging/conversations/reading/list-active-conversations";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { fields } from "../fields";
import { ListedMessageSchema } from "../listed-message-schema";

export const listConversations = defineTool({
  name: "list_conversations",
  title: "List conversations",
  description:
    "List conversations as get_conversation gives them, without aliases; the newest message first.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    phone_number_id: fields.onNumber,
    unread: v.optional(v.pipe(v.boolean(), v.description("only with unread messages")), false),
    since: fields.time,
    cursor: fields.pageCursor,
    limit: fields.pageLimit,
  }),
  output: v.object({
    conversations: v.array(
      v.looseObject({ conversation_id: v.string(), last_message: v.nullable(ListedMessageSchema) }),
    ),
    next_cursor: v.nullable(v.string()),
    notice: v.string(),
  }),
  run: async (ctx, input) => {
    const page = await listActiveConversations(ctx, {
      waPhoneNumberId: input.phone_number_id,
      isUnread: input.unread,
      since: input.since === undefined ? undefined : new Date(input.since),
      cursor: input.cursor,
      limit: input.limit,
    });
    return { ...page, notice: UNTRUSTED_NOTICE };
  },
});
