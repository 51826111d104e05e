import { AppError } from "../../errors";
import { decideApproval } from "../../messaging/approvals/decide-approval";
import type { AdminContext } from "../admin-context";
import { auditRefusal } from "../audit-refusal";
import { isId } from "../is-id";

const DONE = { approve: "queued", refuse: "cancelled" } as const;
const ACTION = { approve: "approval.approved", refuse: "approval.refused" } as const;

/**
 * Approves or refuses a send that waits for a person's word.
 *
 * @returns the message's new status
 * @throws AppError `not_found`, `conflict` when it was decided before, its time is over, or the message is another one now
 */
export async function decideAsAdmin(
  ctx: AdminContext,
  input: { readonly approval: string; readonly verdict: "approve" | "refuse" },
): Promise<"queued" | "cancelled"> {
  const { approval: approvalId, verdict } = input;
  const detail = isId(approvalId) ? { approval_id: approvalId } : {};
  const status = await auditRefusal(ctx, ACTION[verdict], { detail }, async () => {
    if (!isId(approvalId)) {
      throw new AppError("not_found", "There is no approval with this id.", {
        advice: '"approvals list" shows those that are open.',
      });
    }
    return decideApproval(ctx, { approvalId, verdict, by: "admin" });
  });
  if (status === DONE[verdict]) return DONE[verdict];
  // The clock was faster, and the record says so already.
  throw new AppError(
    "conflict",
    "The time for this approval was over: the message expired and is not sent.",
    {
      advice: "Have it sent again.",
    },
  );
}
