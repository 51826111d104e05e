import type { Transaction } from "#db/client";
import type { NumberGrant } from "../../auth/principal";
import { isNewRecipient } from "../sending/recipients/store";

/** Whether a send waits for a person's word, by the grant's confirm policy. */
export async function needsApproval(
  tx: Transaction,
  grant: NumberGrant,
  conversationId: string,
): Promise<boolean> {
  if (grant.confirmPolicy === "new_recipient") return isNewRecipient(tx, conversationId);
  return grant.confirmPolicy === "always";
}
