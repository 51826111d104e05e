import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { findRecipient } from "./find-recipient";
import { openGrant, type GrantName } from "./open-grant";
import { insertRecipient } from "./store";

/** Who is on whose list. */
export interface AllowedRecipient {
  readonly grantId: string;
  readonly contactId: string;
  /** False when the person was on the list before. */
  readonly changed: boolean;
  /** Whether the grant says `allowlist`; until it does, the list decides nothing. */
  readonly isListUsed: boolean;
}

/**
 * Puts a person on the list of those whom a client may write to on a number.
 *
 * @throws AppError `not_found`, `invalid_arguments`
 */
export async function allowRecipient(
  ctx: AdminContext,
  input: GrantName & { readonly recipient: string },
): Promise<AllowedRecipient> {
  return performAction(ctx, "recipient.allowed", async (tx, targets) => {
    const { number, grant } = await openGrant(tx, targets, input);
    const contactId = await findRecipient(tx, number.portfolioId, input.recipient);
    targets.detail = { grant_id: grant.id, contact_id: contactId };
    const changed = await insertRecipient(tx, grant.id, contactId);
    return { grantId: grant.id, contactId, changed, isListUsed: grant.recipientPolicy === "allowlist" };
  });
}
