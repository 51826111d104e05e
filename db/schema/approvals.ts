import { sql } from "drizzle-orm";
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { apiKeys, clients } from "./clients";
import { columns } from "./columns";
import { messages } from "./messages";

/** A send that waits for a person's word. Bound to one message and to a digest of what it says, and to whom. */
export const approvals = pgTable(
  "approvals",
  {
    id: columns.id(),
    // One message is asked about once.
    messageId: uuid("message_id")
      .notNull()
      .unique()
      .references(() => messages.id, { onDelete: "cascade" }),
    clientId: uuid("client_id")
      .notNull()
      .references(() => clients.id, { onDelete: "restrict" }),
    apiKeyId: uuid("api_key_id")
      .notNull()
      .references(() => apiKeys.id, { onDelete: "restrict" }),
    contentHash: text("content_hash").notNull(),
    state: text("state", { enum: ["pending", "approved", "refused", "expired"] })
      .notNull()
      .default("pending"),
    expiresAt: columns.time("expires_at").notNull(),
    decidedAt: columns.time("decided_at"),
    decidedBy: text("decided_by", { enum: ["admin", "elicitation", "clock", "key"] }),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // What waits is listed, and ended when its time is up; few rows ever wait.
    index("approvals_pending")
      .on(table.expiresAt)
      .where(sql`${table.state} = 'pending'`),
  ],
);
