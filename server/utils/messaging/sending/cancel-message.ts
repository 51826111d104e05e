import { grantedNumbers } from "../../auth/scopes";
import type { CallContext } from "../../context";
import { AppError } from "../../errors";
import { ERROR_ADVICE } from "../../meta/error-advice";
import { cancelUnsent, findOwnMessage, type Cancellation } from "./cancelling/store";
import { insertWake } from "./insert-wake";

export interface CancelledMessage {
  readonly message_id: string;
  readonly status: "cancelled";
  /** An earlier attempt ended with nobody knowing whether Meta took it. */
  readonly may_have_arrived: boolean;
}

const TOOL = "cancel_message";

/**
 * Cancels a message that is queued or held: from then on it never leaves, whichever run is about to claim it. Its approval
 * is void, and what waited behind it moves up. Safe to repeat.
 *
 * @throws AppError `not_found` for a message that the caller has not sent
 * @throws AppError `conflict` when it has left, or has ended in another way
 */
export async function cancelMessage(ctx: CallContext, messageId: string): Promise<CancelledMessage> {
  const phoneNumberIds = grantedNumbers(ctx.principal, TOOL).map(({ phoneNumberId }) => phoneNumberId);
  ctx.targets.messageId = messageId;
  const cancelled = await ctx.transact(async (tx) => {
    const message = await findOwnMessage(tx, messageId, ctx.principal.clientId, phoneNumberIds);
    const now = ctx.clock.now();
    const end = message && (await cancelUnsent(tx, messageId, now));
    if (!message || !end) throw notFound();
    const { phoneNumberId, conversationId } = message;
    Object.assign(ctx.targets, { phoneNumberId, conversationId });
    if (!end.isCancelled && end.status !== "cancelled") throw tooLate(end);
    if (end.next) {
      await insertWake(tx, "wa/message.queued", { ...end.next, phoneNumberId, conversationId }, now);
    }
    return { may_have_arrived: end.hadUncertainAttempt };
  });
  ctx.wakeRelay();
  return { message_id: messageId, status: "cancelled", ...cancelled };
}

function notFound(): AppError {
  return new AppError("not_found", "There is no such message of this client.", {
    advice: "Use the message_id that a send returned.",
    details: { field: "message_id" },
  });
}

function tooLate({ status, isUncertain }: Cancellation): AppError {
  const [message, advice] = explain(status, isUncertain);
  return new AppError("conflict", message, { advice, details: { status } });
}

function explain(status: string, isUncertain: boolean): [message: string, advice: string] {
  if (isUncertain || status === "unknown") {
    return ["It cannot be cancelled: it may have arrived.", ERROR_ADVICE.uncertain];
  }
  if (status === "sending") {
    return ["It cannot be cancelled: it is being sent.", "Follow it with get_message_status."];
  }
  if (status === "failed" || status === "expired") {
    return [`There is nothing to cancel: it is ${status}.`, "It was not sent, and will not be."];
  }
  return [
    "It cannot be cancelled: WhatsApp has it.",
    "Messages cannot be called back. Send a correction if one is needed.",
  ];
}
