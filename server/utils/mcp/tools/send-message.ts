import * as v from "valibot";
import { TEXT_BODY_LIMIT } from "../../meta/message-payload";
import { queueMessage } from "../../messaging/sending/queue-message";
import { defineTool } from "../define-tool";
import { fields } from "../fields";

export const sendMessage = defineTool({
  name: "send_message",
  title: "Send a text message",
  description:
    "Send a WhatsApp text. Answers at once with the message_id; follow it with get_message_status. To retry safely, repeat with the same idempotency_key.",
  hints: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  input: v.strictObject({
    to: fields.to,
    body: fields.text(TEXT_BODY_LIMIT),
    phone_number_id: fields.phoneNumberId,
    preview_url: v.optional(v.boolean()),
    reply_to: fields.replyTo,
    idempotency_key: fields.idempotencyKey,
    expires_in_s: fields.expiresInSeconds,
  }),
  output: v.object({
    message_id: v.string(),
    status: v.string(),
    conversation_id: v.string(),
    window: v.object({ open: v.boolean(), closes_at: v.nullable(v.string()) }),
    approval: v.optional(v.object({ id: v.string(), expires_at: v.string() })),
  }),
  run: (ctx, input) =>
    queueMessage(ctx, {
      tool: "send_message",
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
    }),
});
