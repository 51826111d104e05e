import { eventType } from "inngest";
import * as v from "valibot";

const id = v.pipe(v.string(), v.uuid());
/** Of the call that queued the message: leads from the audit log through the run to Graph's trace. */
const requestId = v.optional(v.string());
const messageIds = {
  message_id: id,
  phone_number_id: id,
  conversation_id: id,
  request_id: requestId,
};

/** A message was queued, or its conversation is to be looked at again. */
export const messageQueued = eventType("wa/message.queued", { schema: v.object(messageIds) });

/** An attempt to send ended with nobody knowing whether Meta took it. */
export const messageUncertain = eventType("wa/message.uncertain", { schema: v.object(messageIds) });

/** Webhook bodies were committed. */
export const inboxReceived = eventType("wa/inbox.received", {
  schema: v.object({ inbox_ids: v.array(id) }),
});

/** Something happened that the owner must hear of. */
export const alertRaised = eventType("wa/alert.raised", {
  schema: v.object({
    kind: v.picklist(["number_paused", "send_refused"]),
    phone_number_id: id,
    /** Meta's. */
    code: v.optional(v.number()),
    run_id: v.optional(v.string()),
  }),
});

/** The events of this server, by name. They carry ids and codes and nothing else. */
export type EventName =
  | "wa/message.queued"
  | "wa/message.uncertain"
  | "wa/inbox.received"
  | "wa/alert.raised";
