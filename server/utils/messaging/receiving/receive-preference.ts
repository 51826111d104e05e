import type { Transaction } from "#db/client";
import type { UserPreference } from "../../meta/user-preference";
import { stableId } from "../../stable-id";
import { resolveContact } from "../conversations/contacts/store";
import { openInboundConversation, type NumberRow } from "../conversations/store";
import { insertReceived } from "./store";

/** Keeps, once, what a person wishes to be sent: beside the messages, where an agent sees it; nobody waits for it. */
export async function receivePreference(
  tx: Transaction,
  number: NumberRow,
  { aliases, occurredAt, content, dedupeKey }: UserPreference,
): Promise<void> {
  const contactId = await resolveContact(tx, number.portfolioId, aliases, occurredAt);
  const { conversationId } = await openInboundConversation(tx, number, contactId);
  await insertReceived(tx, {
    id: stableId(occurredAt, number.id, dedupeKey),
    phoneNumberId: number.id,
    conversationId,
    contactId,
    direction: "inbound",
    status: "received",
    type: "user_preferences",
    content,
    occurredAt,
    quiet: true,
  });
}
