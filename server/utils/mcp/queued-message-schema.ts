import * as v from "valibot";

/** What a send answers that does not wait. What is in `window`, and `approval`, send_message's schema says once for all. */
export const QueuedMessageSchema = v.looseObject({
  message_id: v.string(),
  status: v.string(),
  conversation_id: v.string(),
  window: v.record(v.string(), v.unknown()),
});
