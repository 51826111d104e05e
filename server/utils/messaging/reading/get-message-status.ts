import { grantedNumbers } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { findStatus, listStatusEvents, type StatusEvent } from "./statuses/store";

export interface MessageStatusReport {
  readonly status: string;
  readonly history: { status: string; at: string; error?: Record<string, unknown> }[];
}

/**
 * Where a message stands and how it got there.
 *
 * @throws AppError `not_found` for a message that is not the caller's
 */
export async function getMessageStatus(ctx: CallContext, messageId: string): Promise<MessageStatusReport> {
  const phoneNumberIds = grantedNumbers(ctx.principal, "get_message_status").map(
    (number) => number.phoneNumberId,
  );
  ctx.targets.messageId = messageId;
  return ctx.transact(async (tx) => {
    const message = phoneNumberIds.length > 0 ? await findStatus(tx, messageId, phoneNumberIds) : undefined;
    if (!message) {
      throw new AppError("not_found", "There is no such message for this key.", {
        advice: "Use the message_id that a send returned, or an id from get_messages.",
        details: { field: "message_id" },
      });
    }
    ctx.targets.phoneNumberId = message.phoneNumberId;
    ctx.targets.conversationId = message.conversationId;
    const events = await listStatusEvents(tx, messageId);
    return {
      status: message.status,
      history: events.map(describeEvent),
    };
  });
}

function describeEvent({ status, occurredAt, error }: StatusEvent): MessageStatusReport["history"][number] {
  return { status, at: occurredAt.toISOString(), ...(error ? { error } : {}) };
}
