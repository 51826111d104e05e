import { maySeeChange } from "../auth/may-see-change";
import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import type { Change } from "../context";

const TOOL = "get_messages";
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
}

/** The resources that a key can read. Names hold our own words only, never a stranger's. */
export function listResources(principal: Principal): ResourceDescription[] {
  if (!mayUseTool(principal, TOOL)) return [];
  const numbers = grantedNumbers(principal, TOOL).map((number) => ({
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

export const RESOURCE_TEMPLATES = [
  {
    uriTemplate: "wamcp://conversations/{conversation_id}",
    name: "conversation",
    title: "Conversation",
    description: "The newest messages of one conversation",
    mimeType: "application/json" as const,
  },
];

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
  if (!mayUseTool(principal, TOOL) || !maySeeChange(principal, change, TOOL)) return [];
  const grant = principal.grants.find((number) => number.phoneNumberId === change.phoneNumberId);
  return [
    ...(change.direction === "inbound" ? [INBOX_URI] : []),
    ...(grant ? [`wamcp://numbers/${grant.waPhoneNumberId}/messages`] : []),
    `wamcp://conversations/${change.conversationId}`,
  ];
}
