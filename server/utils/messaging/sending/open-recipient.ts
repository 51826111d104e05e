import type { Transaction } from "#db/client";
import { grantedNumbers } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { findVisibleContact } from "../conversations/contacts/store";
import { openConversation, type OpenedConversation } from "../conversations/store";
import type { Recipient } from "../recipient";

interface Wanted {
  readonly tool: string;
  readonly phoneNumberId: string;
  readonly recipient: Recipient;
}

/** The conversation in which the key may write to a recipient, opened when it is new. Undefined when it may not. */
export async function openRecipient(
  ctx: CallContext,
  tx: Transaction,
  { tool, phoneNumberId, recipient }: Wanted,
): Promise<OpenedConversation | undefined> {
  if (recipient.kind === "contact") {
    // The database knows clients; that a key has fewer numbers than its client is known here.
    const phoneNumberIds = grantedNumbers(ctx.principal, tool).map((number) => number.phoneNumberId);
    if (!(await findVisibleContact(tx, recipient, phoneNumberIds))) return undefined;
  }
  return openConversation(tx, phoneNumberId, recipient);
}
