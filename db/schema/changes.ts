import { bigint, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { columns } from "./columns";

/**
 * What changed, in the order in which it became visible. Written by a trigger at commit, under a lock,
 * so that whoever has seen number n has seen every smaller one: the cursor of `wait_for_messages`.
 */
export const changes = pgTable(
  "changes",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey(),
    kind: text("kind", { enum: ["message", "status"] }).notNull(),
    direction: text("direction", { enum: ["inbound", "outbound"] }).notNull(),
    phoneNumberId: uuid("phone_number_id").notNull(),
    conversationId: uuid("conversation_id").notNull(),
    messageId: uuid("message_id").notNull(),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // Waiting on one conversation from an old cursor.
    index("changes_by_conversation").on(table.conversationId, table.seq),
    // The place of a given message: the unread ones, and whether a ghost was replaced.
    index("changes_by_message").on(table.messageId, table.seq),
  ],
);
