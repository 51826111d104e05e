import type { CallContext } from "../../context";
import { toAppError } from "../../errors";
import { printable } from "../../printable";
import { decideApproval } from "./decide-approval";
import { describePendingFile } from "./describe-pending-file";
import { listPendingApprovals, readMessageStatus, type PendingApproval } from "./store";

// A wa_id or a BSUID. Anything else in its place may be anybody's words.
const ADDRESS = /^(?:\d{6,20}|[A-Z]{2}(?:\.ENT)?\.[A-Za-z0-9]{1,128})$/;

/**
 * Asks the person at the other end about a held message, where the client can do that. Whoever gives no answer leaves the
 * question to the owner of the server.
 *
 * @returns the message's status afterwards
 */
export async function askForApproval(ctx: CallContext, messageId: string): Promise<string> {
  if (!ctx.askPerson) return "held";
  const { system } = ctx.database;
  const [approval] = await listPendingApprovals(system, { messageId });
  // Somebody decided in the meantime, or nobody in time: the message says where it stands.
  const readStatus = async (): Promise<string> => (await readMessageStatus(system, messageId)) ?? "held";
  if (!approval) return readStatus();
  const answer = await ctx.askPerson(describeQuestion(approval), messageId);
  if (answer === "cancel") return readStatus();
  try {
    const status = await decideApproval(ctx, {
      approvalId: approval.id,
      verdict: answer === "accept" ? "approve" : "refuse",
      by: "elicitation",
      requestId: ctx.requestId,
      apiKeyId: ctx.principal.keyId,
    });
    ctx.wakeRelay();
    return status;
  } catch (error) {
    // Somebody else was faster, or the client may not write there any more.
    if (toAppError(error).code !== "conflict") throw error;
    return readStatus();
  }
}

// No profile name: it is a stranger's words. What a person cannot see is spelt out, or he would approve something else.
function describeQuestion(approval: PendingApproval): string {
  const { numberLabel, recipient, type, text, content, isReply, file } = approval;
  // Of everything but a text the words are not all that the person would get: files, buttons, addresses.
  const parts = type === "text" && text !== null ? [text] : [text, JSON.stringify(content, undefined, 2)];
  if (file) parts.push(describePendingFile(file));
  const shown = parts.filter((part) => part !== null).join("\n\n");
  const words = shown.split("\n").map(printable).join("\n");
  const what = type === "text" ? "this message" : `this message (${type})`;
  const how = isReply ? ", quoting an earlier message" : "";
  const whom = recipient && ADDRESS.test(recipient) ? recipient : "this contact";
  return `Send ${what} from ${numberLabel} to ${whom}${how}?\n\n${words}`;
}
