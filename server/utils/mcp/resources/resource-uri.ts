const NUMBER = /^wamcp:\/\/numbers\/(\d{1,32})\/messages$/;
const CONVERSATION =
  /^wamcp:\/\/conversations\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const INBOX = "wamcp://inbox";

/** What an address names. */
export type ResourceTarget =
  | { readonly kind: "inbox" }
  | { readonly kind: "number"; readonly waPhoneNumberId: string }
  | { readonly kind: "conversation"; readonly conversationId: string };

/** The address of what can be read. */
export function writeResourceUri(target: ResourceTarget): string {
  switch (target.kind) {
    case "inbox":
      return INBOX;
    case "number":
      return `wamcp://numbers/${target.waPhoneNumberId}/messages`;
    case "conversation":
      return `wamcp://conversations/${target.conversationId}`;
  }
}

/** Reads an address; undefined for one that is nobody's. */
export function readResourceUri(uri: string): ResourceTarget | undefined {
  if (uri === INBOX) return { kind: "inbox" };
  const waPhoneNumberId = NUMBER.exec(uri)?.[1];
  if (waPhoneNumberId) return { kind: "number", waPhoneNumberId };
  const conversationId = CONVERSATION.exec(uri)?.[1];
  return conversationId ? { kind: "conversation", conversationId } : undefined;
}
