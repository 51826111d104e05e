import { maySeeChange } from "../auth/may-see-change";
import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import type { Change } from "../context";
import type { ListedConversation } from "../messaging/conversations/listing/store";

/** Whoever may call it can read resources, which are what it answers. */
export const RESOURCE_TOOL = "get_messages";
const NUMBER = /^wamcp:\/\/numbers\/(\d{1,32})\/messages$/;
const CONVERSATION =
  /^wamcp:\/\/conversations\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
export const INBOX_URI = "wamcp://inbox";

/** What an address names. */
export type ResourceTarget =
  | { readonly kind: "inbox" }
  | { readonly kind: "number"; readonly waPhoneNumberId: string }
  | { readonly kind: "conversation"; readonly conversationId: string };

export interface ResourceDescription {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: "application/json";
  readonly annotations?: { readonly lastModified: string };
}

/** The resources that a key can read whatever happens. Names hold our own words only, never a stranger's. */
export function listFixedResources(principal: Principal): ResourceDescription[] {
  if (!mayUseTool(principal, RESOURCE_TOOL)) return [];
  const numbers = grantedNumbers(principal, RESOURCE_TOOL).map((number) => ({
    uri: `wamcp://numbers/${number.waPhoneNumberId}/messages`,
    name: `messages-${number.waPhoneNumberId}`,
    title: `Messages of ${number.label}`,
    description: "The newest messages of this number",
    mimeType: "application/json" as const,
  }));
  const inbox = {
    uri: INBOX_URI,
    name: "inbox",
    title: "Inbox",
    description: "The newest messages from people, over all numbers of this key",
    mimeType: "application/json" as const,
  };
  return [inbox, ...numbers];
}

/** One conversation as a resource: by its id and the number's label, because whom it is with is a stranger's word. */
export function describeConversation(
  principal: Principal,
  { id, waPhoneNumberId, lastMessageAt }: ListedConversation,
): ResourceDescription {
  const number = principal.grants.find((grant) => grant.waPhoneNumberId === waPhoneNumberId);
  return {
    uri: `wamcp://conversations/${id}`,
    name: `conversation-${id}`,
    title: `Conversation ${id}`,
    description: `The newest messages of a conversation on ${number?.label ?? waPhoneNumberId}`,
    mimeType: "application/json",
    ...(lastMessageAt ? { annotations: { lastModified: lastMessageAt.toISOString() } } : {}),
  };
}

export interface ResourceTemplateDescription {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: "application/json";
}

const TEMPLATES: readonly ResourceTemplateDescription[] = [
  {
    uriTemplate: "wamcp://conversations/{conversation_id}",
    name: "conversation",
    title: "Conversation",
    description: "The newest messages of one conversation",
    mimeType: "application/json",
  },
  {
    uriTemplate: "wamcp://numbers/{phone_number_id}/messages",
    name: "number-messages",
    title: "Messages of a number",
    description: "The newest messages of one of our numbers",
    mimeType: "application/json",
  },
];

/** The addresses that a key can fill in. */
export function listResourceTemplates(principal: Principal): readonly ResourceTemplateDescription[] {
  return mayUseTool(principal, RESOURCE_TOOL) ? TEMPLATES : [];
}

/** Reads an address; undefined for one that is nobody's. */
export function readResourceUri(uri: string): ResourceTarget | undefined {
  if (uri === INBOX_URI) return { kind: "inbox" };
  const waPhoneNumberId = NUMBER.exec(uri)?.[1];
  if (waPhoneNumberId) return { kind: "number", waPhoneNumberId };
  const conversationId = CONVERSATION.exec(uri)?.[1];
  return conversationId ? { kind: "conversation", conversationId } : undefined;
}

/** The addresses that a change touches, for a key that may see it. */
export function touchedUris(principal: Principal, change: Change): string[] {
  if (!mayUseTool(principal, RESOURCE_TOOL) || !maySeeChange(principal, change, RESOURCE_TOOL)) return [];
  const grant = principal.grants.find((number) => number.phoneNumberId === change.phoneNumberId);
  return [
    ...(change.direction === "inbound" ? [INBOX_URI] : []),
    ...(grant ? [`wamcp://numbers/${grant.waPhoneNumberId}/messages`] : []),
    `wamcp://conversations/${change.conversationId}`,
  ];
}
