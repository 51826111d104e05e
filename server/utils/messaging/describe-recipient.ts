import type { Recipient } from "./recipient";

/** A recipient as one string, for digests. */
export function describeRecipient(recipient: Recipient): string {
  return recipient.kind === "contact"
    ? `contact:${recipient.contactId}`
    : `${recipient.kind}:${recipient.value}`;
}
