import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import { defineCommand } from "../../define-command";
import { snakeKeys } from "../../snake-keys";

/** `conversations assign` */
export const assignConversationCommand = defineCommand({
  description: "Give a conversation, with all its messages, to another client.",
  args: {
    conversation: { type: "positional", required: true, description: "Its id." },
    client: {
      type: "positional",
      required: true,
      description: "Name or id; it must hold a grant on the number.",
    },
  },
  run: async ({ args, ctx }) => {
    const { conversation, client } = args;
    const assigned = await assignConversation(ctx, { conversation, client });
    return {
      json: snakeKeys(assigned),
      text: `Conversation ${assigned.id} belongs to client ${assigned.owner} now.`,
    };
  },
});
