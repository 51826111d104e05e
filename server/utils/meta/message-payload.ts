import type { JsonObject } from "./json";

/** The address of a recipient: a phone number (digits) or a business-scoped user id. */
export type Address =
  | { readonly kind: "phone"; readonly value: string }
  | { readonly kind: "bsuid"; readonly value: string };

/** Meta's limit for the body of a text message, in UTF-16 units, the strictest reading of "characters". */
export const TEXT_BODY_LIMIT = 4096;

export interface MessagePayloadInput {
  readonly address: Address;
  readonly type: string;
  /** The object named as the type. */
  readonly content: JsonObject;
  readonly replyToWamid: string | undefined;
  /** Our message id: Meta carries it back in every status webhook. */
  readonly callbackId: string;
}

/** The body of `POST /{phone-number-id}/messages`. */
export function buildMessagePayload({
  address,
  type,
  content,
  replyToWamid,
  callbackId,
}: MessagePayloadInput): JsonObject {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    // Without "+" Meta puts the business number's country code in front and writes to a stranger.
    ...(address.kind === "phone" ? { to: `+${address.value}` } : { recipient: address.value }),
    type,
    [type]: content,
    // A reaction names its message itself, and takes no quote (Meta, "Contextual replies").
    ...(replyToWamid && type !== "reaction" ? { context: { message_id: replyToWamid } } : {}),
    biz_opaque_callback_data: callbackId,
  };
}
