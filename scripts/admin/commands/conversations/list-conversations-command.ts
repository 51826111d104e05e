import { listConversations } from "#server/utils/admin/conversations/list-conversations";
import { defineCommand } from "../../define-command";
import { formatTable } from "../../format-table";
import { readCount } from "../../read-count";
import { snakeKeys } from "../../snake-keys";

const HEAD = ["conversation", "number", "with", "owner", "unread", "last message"];
const COUNT = 50;

/** `conversations list` */
export const listConversationsCommand = defineCommand({
  description: "List conversations, the newest first: with whom, and whose they are. Never what was said.",
  args: {
    number: { type: "text", hint: "number", description: "On this number, by Meta's id or ours." },
    client: { type: "text", hint: "client", description: "Of this client, by name or id." },
    limit: { type: "text", hint: "n", description: `How many at most (${COUNT}).` },
  },
  run: async ({ args, ctx }) => {
    const { number, client } = args;
    const limit = readCount("--limit", args.limit) ?? COUNT;
    const conversations = await listConversations(ctx, { number, client, limit });
    const rows = conversations.map((conversation) => [
      conversation.id,
      conversation.waPhoneNumberId,
      conversation.address ?? conversation.contactId,
      conversation.owner,
      conversation.unreadCount,
      conversation.lastMessageAt,
    ]);
    return {
      json: conversations.map(snakeKeys),
      text: rows.length > 0 ? formatTable(HEAD, rows) : "There is no such conversation.",
    };
  },
});
