import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { performAction } from "../perform-action";
import { openGrant, type GrantName } from "./open-grant";
import { readGrantTerms, type GrantTerms } from "./read-grant-terms";
import { updateGrant } from "./store";

/**
 * Changes those terms of a grant that are named, and no others. Returns the grant's id.
 *
 * @throws AppError `invalid_arguments` when nothing is named, `not_found`
 */
export async function changeGrant(ctx: AdminContext, input: GrantName & GrantTerms): Promise<string> {
  return performAction(ctx, "grant.set", async (tx, targets) => {
    const { grant } = await openGrant(tx, targets, input);
    const change = readGrantTerms(input);
    const changed = Object.keys(change);
    if (changed.length === 0) {
      throw new AppError("invalid_arguments", "Nothing was named that should change.", {
        advice: '"grants set --help" shows what can.',
      });
    }
    await updateGrant(tx, grant.id, change);
    targets.detail = { grant_id: grant.id, changed };
    return grant.id;
  });
}
