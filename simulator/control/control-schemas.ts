import * as v from "valibot";

const Text = v.pipe(v.string(), v.minLength(1));
const WaId = v.pipe(
  v.string(),
  v.transform((input) => input.replace(/[\s()+.-]/g, "")),
  v.regex(/^\d{7,17}$/, "a phone number with its country code, in digits"),
);

/** A contact to add or to change. */
export const ContactSchema = v.strictObject({
  wa_id: WaId,
  name: v.optional(Text),
  user_id: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$/))),
  username: v.optional(Text),
  phone_hidden: v.optional(v.boolean()),
  registered: v.optional(v.boolean()),
  /** Messages are accepted, then fail with this code; null ends it. */
  fail_code: v.optional(v.nullable(v.pipe(v.number(), v.integer()))),
  aliases: v.optional(v.array(WaId)),
});

/** A contact to add or to change. */
export type ContactInput = v.InferInput<typeof ContactSchema>;

/** What a person sends: any type of message that Meta's webhook can carry. */
export const PersonMessageSchema = v.looseObject({
  type: Text,
  phone_number_id: v.optional(Text),
  reply_to: v.optional(Text),
});

/** What a person sends. */
export type PersonMessageInput = v.InferInput<typeof PersonMessageSchema>;

/** A chat goes on the screen or leaves it. */
export const ChatSchema = v.strictObject({ open: v.boolean(), phone_number_id: v.optional(Text) });

/** Messages the person has now seen; without `wamid` all of the chat. */
export const ReadSchema = v.strictObject({ phone_number_id: v.optional(Text), wamid: v.optional(Text) });

/** The customer service window, opened or closed by hand. */
export const WindowSchema = v.strictObject({ open: v.boolean(), phone_number_id: v.optional(Text) });

/** Which arrivals are asked for. */
export const ArrivalsSchema = v.object({
  phone_number_id: v.optional(Text),
  wa_id: v.optional(Text),
  wamid: v.optional(Text),
  biz_opaque_callback_data: v.optional(Text),
  /** Only those after this `seq`. */
  after: v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number(), v.integer())),
  /** At most so many messages; the counts always cover all that match. */
  limit: v.optional(
    v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number(), v.integer(), v.minValue(0)),
  ),
});

/** Which arrivals are asked for. */
export type ArrivalsInput = v.InferInput<typeof ArrivalsSchema>;

/** Which deliveries are asked for. */
export const WebhooksSchema = v.object({
  state: v.optional(v.picklist(["pending", "delivered", "dropped", "not_subscribed"])),
  about: v.optional(v.picklist(["messages", "statuses", "account", "raw", "mixed"])),
  wamid: v.optional(Text),
  limit: v.optional(
    v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number(), v.integer(), v.minValue(0)),
  ),
});

/** Which deliveries are asked for. */
export type WebhooksInput = v.InferInput<typeof WebhooksSchema>;

/** A webhook of the caller's own making: `body` is sent in Meta's escaping, `raw` byte for byte. */
export const RawWebhookSchema = v.union([
  v.strictObject({ raw: v.string() }),
  v.strictObject({ body: v.unknown() }),
]);

/** A webhook of the caller's own making. */
export type RawWebhookInput = v.InferInput<typeof RawWebhookSchema>;
