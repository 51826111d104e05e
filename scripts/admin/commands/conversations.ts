import type { CommandGroup } from "../to-citty";
import { assignConversationCommand } from "./conversations/assign-conversation-command";
import { listConversationsCommand } from "./conversations/list-conversations-command";

/** Whose conversations are whose. */
export const conversations: CommandGroup = {
  description: "Whose conversations are whose.",
  commands: { list: listConversationsCommand, assign: assignConversationCommand },
};
