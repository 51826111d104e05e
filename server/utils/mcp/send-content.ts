import type * as v from "valibot";
import type { CallContext } from "../context";
import type { OutboundContent } from "../messaging/message-content";
import { queueMessage } from "../messaging/sending/queue-message";
import type { QueuedMessageSchema } from "./queued-message-schema";
import type { SendInput } from "./send-entries";

/** Queues what a send tool made of its arguments, and answers as every send does. */
export async function sendContent(
  ctx: CallContext,
  tool: string,
  input: SendInput,
  content: OutboundContent,
): Promise<v.InferInput<typeof QueuedMessageSchema>> {
  const { window, approval, ...rest } = await queueMessage(ctx, {
    tool,
    to: input.to,
    waPhoneNumberId: input.phone_number_id,
    content,
    replyTo: input.reply_to,
    idempotencyKey: input.idempotency_key,
    expiresInSeconds: input.expires_in_s,
  });
  return { ...rest, window: { ...window }, ...(approval ? { approval: { ...approval } } : {}) };
}
