import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { findRecipient } from "./find-recipient";
import { openGrant, type GrantName } from "./open-grant";
import { deleteRecipient } from "./store";

/** Who is no longer on whose list. */
export interface DisallowedRecipient {
  readonly grantId: string;
  readonly contactId: string;
}

/**
 * Takes a person off the list of those whom a client may write to on a number.
 *
 * @throws AppError `not_found`, also when the person is not on the list; `invalid_arguments`
 */
export async function disallowRecipient(
  ctx: AdminContext,
  input: GrantName & { readonly recipient: string },
): Promise<DisallowedRecipient> {
  return performAction(ctx, "recipient.disallowed", async (tx, targets) => {
    const { number, grant } = await openGrant(tx, targets, input);
    const contactId = await findRecipient(tx, number.portfolioId, input.recipient);
    targets.detail = { grant_id: grant.id, contact_id: contactId };
    if (!(await deleteRecipient(tx, grant.id, contactId))) {
      throw new AppError("not_found", "This person is not on the list of this grant.", {
        advice: '"grants list" says how many are on it.',
      });
    }
    return { grantId: grant.id, contactId };
  });
}
