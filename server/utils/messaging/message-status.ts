/** Every state of a message. Outbound ones climb the ladder; the others end it or stand beside it. */
export const MESSAGE_STATUSES = [
  "queued",
  "held",
  "sending",
  "accepted",
  "sent",
  "delivered",
  "read",
  "played",
  "failed",
  "expired",
  "cancelled",
  "unknown",
  "received",
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];
