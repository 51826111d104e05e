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

/** A file came with a message. */
export const mediaReceived = eventType("wa/media.received", { schema: v.object({ media_id: id }) });

/** A file is to be sent: it is to be fetched and uploaded, ahead of its message's turn. */
export const mediaQueued = eventType("wa/media.queued", {
  // Events that were written down before clients were named in them may still come.
  schema: v.object({ media_id: id, client_id: v.optional(id) }),
});

/** A message that a person wrote was read. */
export const messageRead = eventType("wa/message.read", {
  schema: v.object({
    message_id: id,
    /** Until when it is worth showing that somebody types. */
    typing_until: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  }),
});

const ofAccount = v.object({
  /** Meta's, of the account; all of them without it. */
  waba_id: v.optional(v.pipe(v.string(), v.regex(/^\d{1,32}$/))),
});

/** Meta says that something about numbers is another. */
export const numbersChanged = eventType("wa/numbers.changed", { schema: ofAccount });

/** Meta changed a template of an account. */
export const templatesChanged = eventType("wa/templates.changed", { schema: ofAccount });

/** Something happened that the owner must hear of. */
export const alertRaised = eventType("wa/alert.raised", {
  schema: v.object({
    kind: v.picklist([
      "number_paused",
      "send_refused",
      "number_quality",
      "number_status",
      "number_health",
      "storage",
    ]),
    phone_number_id: v.optional(id),
    /** Meta's. */
    code: v.optional(v.number()),
    /** Meta's word for how a number is now, or the system's code for what is wrong with the disk. */
    state: v.optional(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,39}$/))),
    run_id: v.optional(v.string()),
  }),
});

/** The events of this server, by name. They carry ids and codes and nothing else. */
export type EventName =
  | "wa/message.queued"
  | "wa/message.uncertain"
  | "wa/inbox.received"
  | "wa/media.received"
  | "wa/media.queued"
  | "wa/message.read"
  | "wa/numbers.changed"
  | "wa/templates.changed"
  | "wa/alert.raised";
