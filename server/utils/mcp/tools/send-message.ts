import * as v from "valibot";
import { TEXT_BODY_LIMIT } from "../../meta/message-payload";
import { awaitOutcome } from "../../messaging/sending/await-outcome";
import { queueMessage } from "../../messaging/sending/queue-message";
import { defineTool } from "../define-tool";
import { fields } from "../fields";
import { SentMessageSchema } from "../sent-message-schema";

export const sendMessage = defineTool({
  name: "send_message",
  title: "Send a text message",
  description:
    "Send a WhatsApp text. Answers at once with the message_id, or later with wait_for; get_message_status follows it. To retry safely, repeat with the same idempotency_key.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    to: fields.to,
    body: fields.text(TEXT_BODY_LIMIT),
    phone_number_id: fields.phoneNumberId,
    preview_url: v.optional(v.boolean()),
    reply_to: fields.replyTo,
    idempotency_key: fields.idempotencyKey,
    expires_in_s: fields.expiresInSeconds,
    wait_for: fields.waitFor,
    timeout_s: fields.timeoutSeconds(30),
  }),
  output: SentMessageSchema,
  run: async (ctx, input) => {
    const tool = "send_message";
    const queued = await queueMessage(ctx, {
      tool,
      to: input.to,
      waPhoneNumberId: input.phone_number_id,
      content: {
        type: "text",
        payload: {
          body: input.body,
          ...(input.preview_url === undefined ? {} : { preview_url: input.preview_url }),
        },
        text: input.body,
      },
      replyTo: input.reply_to,
      idempotencyKey: input.idempotency_key,
      expiresInSeconds: input.expires_in_s,
    });
    return awaitOutcome(ctx, queued, { tool, waitFor: input.wait_for, timeoutSeconds: input.timeout_s });
  },
});
