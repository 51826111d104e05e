import type { CallContext } from "../../context";
import { toAppError } from "../../errors";
import { untrustedText } from "../untrusted-text";
import { decideApproval } from "./decide-approval";
import { listPendingApprovals, type PendingApproval } from "./store";

/**
 * Asks the person at the other end about a held message, where the client can do that. Whoever gives no answer leaves the
 * question to the owner of the server.
 *
 * @returns the message's status afterwards
 */
export async function askForApproval(ctx: CallContext, messageId: string): Promise<string> {
  const [approval] = ctx.askPerson ? await listPendingApprovals(ctx.database.system, { messageId }) : [];
  if (!ctx.askPerson || !approval) return "held";
  const answer = await ctx.askPerson(describeQuestion(approval));
  if (answer === "cancel") return "held";
  try {
    const status = await decideApproval(ctx, {
      approvalId: approval.id,
      verdict: answer === "accept" ? "approve" : "refuse",
      by: "elicitation",
      requestId: ctx.requestId,
    });
    ctx.wakeRelay();
    return status;
  } catch (error) {
    // The owner decided meanwhile: what he said stands in the message's status.
    if (toAppError(error).code === "conflict") return "held";
    throw error;
  }
}

// No profile name: it is a stranger's words. What a person cannot see is not shown either, or it could hide what is sent.
function describeQuestion({ numberLabel, recipient, type, text, content }: PendingApproval): string {
  const words = untrustedText(text ?? JSON.stringify(content, undefined, 2));
  const what = type === "text" ? "this message" : `this message (${type})`;
  return `Send ${what} from ${numberLabel} to ${recipient ?? "this contact"}?\n\n${words}`;
}
