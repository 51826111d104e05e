import type { Transaction } from "#db/client";
import type { InboundMessage } from "../../meta/inbound-message";
import { findContact, renameContact, resolveContact } from "../conversations/contacts/store";
import type { NumberRow } from "../conversations/store";
import { isStored } from "./store";

export interface Author {
  readonly contactId: string;
  /** Whether one of the author's new names is somebody else's, so that both contacts were left as they are. */
  readonly hasConflict: boolean;
}

/**
 * The contact who wrote a message, created when nobody is known by these names. Where the message tells of new names, the
 * contact goes by them from now on, and its conversation stays its own.
 */
export async function findAuthor(
  tx: Transaction,
  { id: phoneNumberId, portfolioId }: NumberRow,
  { aliases, newAliases, occurredAt, wamid }: InboundMessage,
): Promise<Author> {
  if (!newAliases) {
    return { contactId: await resolveContact(tx, portfolioId, aliases, occurredAt), hasConflict: false };
  }
  const known = await findContact(tx, portfolioId, aliases, occurredAt);
  if (!known) {
    return { contactId: await resolveContact(tx, portfolioId, newAliases, occurredAt), hasConflict: false };
  }
  // Delivered once more, perhaps after the next change.
  const isOld = await isStored(tx, phoneNumberId, wamid);
  const isWhole = isOld || (await renameContact(tx, known, newAliases, occurredAt));
  return { contactId: known, hasConflict: !isWhole };
}
