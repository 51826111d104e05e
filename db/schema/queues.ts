import { sql } from "drizzle-orm";
import { customType, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { columns } from "./columns";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** Webhook bodies as Meta sent them, committed before the 200. */
export const webhookInbox = pgTable(
  "webhook_inbox",
  {
    id: columns.id(),
    // bytea, because a body may hold U+0000, which text and jsonb refuse.
    body: bytea("body").notNull(),
    receivedAt: columns.time("received_at").notNull(),
    state: text("state", { enum: ["received", "processing", "done", "dead"] })
      .notNull()
      .default("received"),
    attempts: integer("attempts").notNull().default(0),
    claimExpiresAt: columns.time("claim_expires_at"),
    /** When its id was put into the outbox. */
    announcedAt: columns.time("announced_at"),
    processedAt: columns.time("processed_at"),
    /** Why elements of this body are dead letters: their path and the reason, without their text. */
    error: jsonb("error").$type<Record<string, unknown>>(),
  },
  (table) => [
    // The relay takes whatever was not announced yet; the index holds only those.
    index("webhook_inbox_unannounced")
      .on(table.receivedAt)
      .where(sql`${table.announcedAt} is null`),
    // The sweep looks for bodies that a crash left unprocessed.
    index("webhook_inbox_unprocessed")
      .on(table.receivedAt)
      .where(sql`${table.state} in ('received', 'processing')`),
    // An operator looks through the dead letters; few bodies ever are.
    index("webhook_inbox_dead")
      .on(table.id)
      .where(sql`${table.state} = 'dead'`),
  ],
);

/** Events committed with the change that caused them; the relay hands them to Inngest. */
export const outbox = pgTable(
  "outbox",
  {
    id: columns.id(),
    name: text("name").notNull(),
    /** Ids only. */
    data: jsonb("data").$type<Record<string, unknown>>().notNull(),
    availableAt: columns.time("available_at").notNull(),
    attempts: integer("attempts").notNull().default(0),
    claimExpiresAt: columns.time("claim_expires_at"),
    sentAt: columns.time("sent_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // The relay takes what is due and not sent; the index holds only what is not sent.
    index("outbox_unsent")
      .on(table.availableAt)
      .where(sql`${table.sentAt} is null`),
    // Whether a message has a wake-up that waits, however long Inngest is away.
    index("outbox_unsent_by_message")
      .on(sql`(${table.data} ->> 'message_id')`)
      .where(sql`${table.sentAt} is null`),
    // What was sent long ago is removed a little at a time.
    index("outbox_sent").on(table.sentAt),
  ],
);
