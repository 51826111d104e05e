import { AppError } from "../../errors";
import type { AdminContext } from "../admin-context";
import { isId } from "../is-id";
import { performAction } from "../perform-action";
import { bodyNotFound } from "./body-not-found";
import { findInboxBody, reviveBody } from "./store";

/**
 * Has a dead body handled once more, after what was wrong has been put right. Safe to repeat: what was stored is not stored
 * again.
 *
 * @throws AppError `not_found`
 * @throws AppError `conflict` for a body that is not dead
 */
export async function retryDeadLetter(ctx: AdminContext, id: string): Promise<void> {
  await performAction(ctx, "inbox.retried", async (tx, targets) => {
    if (!isId(id)) throw bodyNotFound();
    targets.detail = { inbox_id: id };
    if (await reviveBody(tx, id, ctx.clock.now())) return;
    if (!(await findInboxBody(tx, id, false))) throw bodyNotFound();
    throw new AppError("conflict", "This webhook body is not dead.", {
      advice: "There is nothing to do: it was handled, or is being handled.",
    });
  });
}
