import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import type { SendOutcome } from "../../meta/send-outcome";
import type { Claim } from "./claim-message";
import { learnAlias } from "./store";

/**
 * Remembers how Meta calls the person: BR, MX and AR numbers come back in another form than they were given. In a
 * transaction of its own, after the outcome is safe: the person's first reply may be learning the same name just now.
 */
export async function learnAliases(ctx: SystemContext, claim: Claim, outcome: SendOutcome): Promise<void> {
  if (outcome.kind !== "accepted") return;
  const { contactId } = claim.message;
  const { waId, userId } = outcome;
  try {
    if (waId)
      await learnAlias(ctx.database.system, claim.portfolioId, contactId, { kind: "wa_id", value: waId });
    if (userId)
      await learnAlias(ctx.database.system, claim.portfolioId, contactId, { kind: "bsuid", value: userId });
  } catch (error) {
    ctx.log.warn("an alias was not learnt; it comes with the next message:", describeError(error));
  }
}
