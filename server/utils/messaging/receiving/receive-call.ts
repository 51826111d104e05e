import type { Transaction } from "#db/client";
import type { UserCall } from "../../meta/user-call";
import { resolveContact } from "../conversations/contacts/store";
import { openInboundConversation, type NumberRow } from "../conversations/store";
import { openWindow } from "../sending/window/store";

/** Notes that a person called: from then on they may be written to for 24 hours. There is nothing to read. */
export async function receiveCall(
  tx: Transaction,
  number: NumberRow,
  { aliases, occurredAt }: UserCall,
): Promise<void> {
  const contactId = await resolveContact(tx, number.portfolioId, aliases, occurredAt);
  const { conversationId } = await openInboundConversation(tx, number, contactId);
  await openWindow(tx, conversationId, occurredAt);
}
