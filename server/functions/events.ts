import { eventType } from "inngest";
import * as v from "valibot";

const id = v.pipe(v.string(), v.uuid());

/** A message was queued, or its conversation is to be looked at again. */
export const messageQueued = eventType("wa/message.queued", {
  schema: v.object({ message_id: id, phone_number_id: id, conversation_id: id }),
});

/** An attempt to send ended with nobody knowing whether Meta took it. */
export const messageUncertain = eventType("wa/message.uncertain", {
  schema: v.object({ message_id: id, phone_number_id: id, conversation_id: id }),
});

/** Webhook bodies were committed. */
export const inboxReceived = eventType("wa/inbox.received", {
  schema: v.object({ inbox_ids: v.array(id) }),
});

/** The events of this server, by name. They carry ids and nothing else. */
export type EventName = "wa/message.queued" | "wa/message.uncertain" | "wa/inbox.received";
