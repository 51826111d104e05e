import * as v from "valibot";

// PostgreSQL and Meta take neither; strangers' texts are mended, our own are refused.
const storable = v.check<string, string>(
  (text) => !text.includes("\u0000") && !/\p{Surrogate}/u.test(text),
  "must be valid Unicode without U+0000",
);

// What looks like a time need not be one: an offset of "+05" is none to JavaScript, and the year 0 none to PostgreSQL.
const readable = v.check<string, string>((text) => {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
}, "must be an ISO 8601 time between the years 1 and 9999");

/** Arguments that several tools share. */
export const fields = {
  /** Text of our own, up to a limit in UTF-16 units. */
  text: (limit: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(limit), storable),
  to: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(160),
    v.description("Phone number with country code, wa_id, BSUID or contact_id"),
  ),
  phoneNumberId: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,32}$/, "must be Meta's id of a number"),
      v.description("Meta's id of our number; may be left out when the key has one"),
    ),
  ),
  conversationId: v.optional(v.pipe(v.string(), v.uuid("must be a conversation_id"))),
  messageId: v.pipe(v.string(), v.uuid("must be a message_id")),
  time: v.optional(v.pipe(v.string(), v.isoTimestamp("must be an ISO 8601 time"), readable)),
  /** Of tools that read from all numbers of the key when none is named. */
  onNumber: v.optional(v.pipe(v.string(), v.regex(/^\d{1,32}$/, "must be Meta's id of a number"))),
  /** Of tools that page by `page-cursor.ts`. */
  pageCursor: v.optional(v.pipe(v.string(), v.maxLength(64))),
  pageLimit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 20),
  replyTo: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(512),
      storable,
      v.description("id or wamid of the message to quote"),
    ),
  ),
  idempotencyKey: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(128),
      storable,
      v.description("Repeating a call with the same key and content never sends twice"),
    ),
  ),
  expiresInSeconds: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(2_592_000),
      v.description("Do not send later than this"),
    ),
  ),
  /** How long a call may take. Below the 60 s of common proxies by default, and below the 2 minutes after which hosts put it aside. */
  timeoutSeconds: (byDefault: number) =>
    v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(110)), byDefault),
  /** With `timeoutSeconds`: makes a send answer later than at once. */
  waitFor: v.optional(
    v.pipe(
      v.picklist(["sent", "delivered", "read"]),
      v.description("Answer when it got so far, or ended otherwise, or after timeout_s"),
    ),
  ),
};
