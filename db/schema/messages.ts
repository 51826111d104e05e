import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { apiKeys, clients } from "./clients";
import { columns } from "./columns";
import { contacts } from "./contacts";
import { conversations } from "./conversations";
import { phoneNumbers } from "./phone-numbers";

/** A message in either direction. The row is the truth about what was sent and how far it came. */
export const messages = pgTable(
  "messages",
  {
    id: columns.id(),
    phoneNumberId: uuid("phone_number_id")
      .notNull()
      .references(() => phoneNumbers.id, { onDelete: "restrict" }),
    conversationId: uuid("conversation_id")
      .notNull()
      .references(() => conversations.id, { onDelete: "restrict" }),
    contactId: uuid("contact_id")
      .notNull()
      .references(() => contacts.id, { onDelete: "restrict" }),
    /** The client that sent it; null for inbound messages. */
    clientId: uuid("client_id").references(() => clients.id, { onDelete: "restrict" }),
    /** The key whose limits it counts against; null for inbound messages. */
    apiKeyId: uuid("api_key_id").references(() => apiKeys.id, { onDelete: "restrict" }),
    /** The call that queued it; goes with it through Inngest and the audit log. */
    requestId: text("request_id"),
    /** Whom the caller named, as `describeRecipient` says it: what it may be told of the person, whatever others know. */
    namedRecipient: text("named_recipient"),
    direction: text("direction", { enum: ["inbound", "outbound"] }).notNull(),
    type: text("type").notNull(),
    status: text("status").notNull(),
    wamid: text("wamid"),
    /** What Meta is given (outbound) or gave us (inbound), by type. */
    content: jsonb("content").$type<Record<string, unknown>>().notNull(),
    /** The words of the message, for reading and search. */
    text: text("text"),
    replyToWamid: text("reply_to_wamid"),
    idempotencyKey: text("idempotency_key"),
    contentHash: text("content_hash"),
    /** What to do when silence proves that an uncertain attempt failed. */
    uncertainPolicy: text("uncertain_policy", { enum: ["retry", "give_up"] })
      .notNull()
      .default("retry"),
    /** Outbound: the place in the conversation's order of sends. */
    position: bigint("position", { mode: "number" }),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: columns.time("next_attempt_at"),
    /** The latest attempt: recorded before the POST leaves. */
    attemptedAt: columns.time("attempted_at"),
    claimExpiresAt: columns.time("claim_expires_at"),
    /** Since when nobody knows whether Meta took the latest attempt. */
    uncertainAt: columns.time("uncertain_at"),
    /** When the sweep last woke it, because its wake-up seemed lost. */
    rescuedAt: columns.time("rescued_at"),
    expiresAt: columns.time("expires_at"),
    error: jsonb("error").$type<Record<string, unknown>>(),
    /** When it happened: Meta's time for inbound messages, the time of queueing for outbound ones. */
    occurredAt: columns.time("occurred_at").notNull(),
    acceptedAt: columns.time("accepted_at"),
    sentAt: columns.time("sent_at"),
    deliveredAt: columns.time("delivered_at"),
    readAt: columns.time("read_at"),
    playedAt: columns.time("played_at"),
    failedAt: columns.time("failed_at"),
    /** When its author changed it, or took it back. */
    editedAt: columns.time("edited_at"),
    revokedAt: columns.time("revoked_at"),
    /** Kept and shown, but nobody waits for it: another agent answers the thread, or it is a setting and no message. */
    quiet: boolean("quiet").notNull().default(false),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // Deduplication: Meta delivers the same message more than once. Per number, because a business
    // that writes to its own second number sees one wamid on both sides.
    uniqueIndex("messages_by_number_and_wamid").on(table.phoneNumberId, table.wamid),
    // A retried send finds its first message.
    uniqueIndex("messages_by_idempotency_key").on(table.clientId, table.idempotencyKey),
    // Paging through a conversation; ids are uuid v7, so their order is the order of arrival.
    index("messages_by_conversation").on(table.conversationId, table.id),
    // Paging through a number.
    index("messages_by_number").on(table.phoneNumberId, table.id),
    // A run claims the oldest queued message of its conversation.
    index("messages_to_send")
      .on(table.conversationId, table.position)
      .where(sql`${table.status} in ('queued', 'sending')`),
    // What was said later about a message: every message that arrives asks whether it was changed before it came.
    index("messages_about")
      .on(table.conversationId, table.replyToWamid)
      .where(sql`${table.type} in ('edit', 'revoke', 'unsupported')`),
    // The sweep looks for sends that a crash left behind; few rows are ever in these states.
    index("messages_unfinished")
      .on(table.status, table.attemptedAt)
      .where(sql`${table.status} in ('queued', 'sending')`),
    // What is queued is ended when its time is up, also on a number from which nothing is sent; few rows wait so.
    index("messages_to_expire")
      .on(table.expiresAt)
      .where(sql`${table.status} = 'queued' and ${table.expiresAt} is not null`),
  ],
);

/** Each status or attempt that was seen. Rows are never changed, except that a parked one finds its message. */
export const messageEvents = pgTable(
  "message_events",
  {
    id: columns.id(),
    /** Null while parked: a status for a message that is not known (yet). */
    messageId: uuid("message_id").references(() => messages.id, { onDelete: "restrict" }),
    phoneNumberId: uuid("phone_number_id")
      .notNull()
      .references(() => phoneNumbers.id, { onDelete: "restrict" }),
    wamid: text("wamid"),
    status: text("status").notNull(),
    occurredAt: columns.time("occurred_at").notNull(),
    error: jsonb("error").$type<Record<string, unknown>>(),
    /** Ids and classes only: conversation, pricing, trace ids. */
    detail: jsonb("detail").$type<Record<string, unknown>>(),
    /** Set for events from a webhook: the same status delivered twice is stored once. */
    dedupeKey: text("dedupe_key"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // A status that Meta delivers again is the same event.
    uniqueIndex("message_events_once").on(table.phoneNumberId, table.dedupeKey),
    // The history of one message.
    index("message_events_by_message").on(table.messageId, table.id),
    // Parked statuses are looked up when their wamid becomes known.
    index("message_events_parked")
      .on(table.phoneNumberId, table.wamid)
      .where(sql`${table.messageId} is null`),
  ],
);
