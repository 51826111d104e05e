import * as v from "valibot";
import { searchMessages as search } from "../../messaging/searching/search-messages";
import { UNTRUSTED_NOTICE } from "../../messaging/untrusted-notice";
import { defineTool } from "../define-tool";
import { fields } from "../fields";
import { ListedMessageSchema } from "../listed-message-schema";

export const searchMessages = defineTool({
  name: "search_messages",
  title: "Search messages",
  description:
    'Find messages with all words, whole words before parts. "Quotes" make a phrase. Case and accents do not count. Of under 3 letters, parts of words are found in the newest 10,000 messages only.',
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: v.strictObject({
    query: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
    conversation_id: fields.conversationId,
    contact: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(160))),
    phone_number_id: fields.onNumber,
    direction: v.optional(v.picklist(["inbound", "outbound"])),
    type: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,40}$/, "must be a type of messages"))),
    since: fields.time,
    until: fields.time,
    cursor: fields.pageCursor,
    limit: fields.pageLimit,
  }),
  output: v.object({
    messages: v.array(ListedMessageSchema),
    next_cursor: v.nullable(v.string()),
    notice: v.string(),
  }),
  run: async (ctx, { query, contact, direction, type, cursor, limit, ...input }) => {
    const page = await search(ctx, {
      query,
      contact,
      direction,
      type,
      cursor,
      limit,
      conversationId: input.conversation_id,
      waPhoneNumberId: input.phone_number_id,
      since: input.since === undefined ? undefined : new Date(input.since),
      until: input.until === undefined ? undefined : new Date(input.until),
    });
    return { ...page, notice: UNTRUSTED_NOTICE };
  },
});
