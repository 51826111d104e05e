import { cutText } from "../../cut-text";
import { viewMessage, type MessageView, type VisibleMessage } from "../../message-view";
import { untrustedText } from "../../untrusted-text";
import { readWindow, type CustomerServiceWindow } from "../../window";
import type { VisibleConversation } from "./store";

/** A conversation as a client sees it. What the person goes by stands in `untrusted_*` and nowhere else. */
export type ConversationView = {
  readonly conversation_id: string;
  readonly contact_id: string;
  /** Meta's id of our number. */
  readonly phone_number_id: string;
  /** Whether it is the caller's own; whose it is otherwise, nobody is told. */
  readonly own: boolean;
  readonly unread: number;
  readonly window: CustomerServiceWindow;
  readonly last_message_at: string | null;
  readonly last_message: MessageView | null;
  readonly untrusted_name?: string;
  readonly untrusted_username?: string;
};

const NAME_LIMIT_BYTES = 400;

export function viewConversation(
  conversation: VisibleConversation,
  lastMessage: VisibleMessage | undefined,
  clientId: string,
  now: Date,
): ConversationView {
  const name = showName(conversation.profileName);
  const username = showName(conversation.username);
  return {
    conversation_id: conversation.id,
    contact_id: conversation.contactId,
    phone_number_id: conversation.waPhoneNumberId,
    own: conversation.ownerClientId === clientId,
    unread: conversation.unreadCount,
    window: readWindow(conversation, now),
    last_message_at: conversation.lastMessageAt?.toISOString() ?? null,
    last_message: lastMessage ? viewMessage(lastMessage) : null,
    ...(name ? { untrusted_name: name } : {}),
    ...(username ? { untrusted_username: username } : {}),
  };
}

// Cleaned once more, because the cut may leave half of an emoji.
function showName(name: string | null): string {
  return name === null ? "" : untrustedText(cutText(untrustedText(name), NAME_LIMIT_BYTES));
}
