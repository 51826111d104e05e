import { grantedNumbers } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { readStatusReport, type StatusReport } from "./read-status-report";

/**
 * Where a message stands and how it got there.
 *
 * @throws AppError `not_found` for a message that is not the caller's
 */
export async function getMessageStatus(ctx: CallContext, messageId: string): Promise<StatusReport> {
  const phoneNumberIds = grantedNumbers(ctx.principal, "get_message_status").map(
    (number) => number.phoneNumberId,
  );
  ctx.targets.messageId = messageId;
  return ctx.transact(async (tx) => {
    const message = await readStatusReport(tx, messageId, phoneNumberIds);
    if (!message) {
      throw new AppError("not_found", "There is no such message for this key.", {
        advice: "Use the message_id that a send returned, or an id from get_messages.",
        details: { field: "message_id" },
      });
    }
    ctx.targets.phoneNumberId = message.phoneNumberId;
    ctx.targets.conversationId = message.conversationId;
    return message.report;
  });
}
