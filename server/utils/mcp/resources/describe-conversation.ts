import type { Principal } from "../../auth/principal";
import type { ListedConversation } from "../../messaging/conversations/listing/store";
import type { ResourceDescription } from "./resource-description";
import { writeResourceUri } from "./resource-uri";

/** One conversation as a resource: by its id and the number's label, because whom it is with is a stranger's word. */
export function describeConversation(
  principal: Principal,
  { id, waPhoneNumberId, lastMessageAt }: ListedConversation,
): ResourceDescription {
  const number = principal.grants.find((grant) => grant.waPhoneNumberId === waPhoneNumberId);
  return {
    uri: writeResourceUri({ kind: "conversation", conversationId: id }),
    name: `conversation-${id}`,
    title: `Conversation ${id}`,
    description: `The newest messages of a conversation on ${number?.label ?? waPhoneNumberId}`,
    mimeType: "application/json",
    ...(lastMessageAt ? { annotations: { lastModified: lastMessageAt.toISOString() } } : {}),
  };
}
