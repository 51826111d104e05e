import { index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { columns } from "./columns";

/** Who did what, to which ids, with what outcome. Append-only; never message text. No foreign keys: it outlives its subjects. */
export const auditLog = pgTable(
  "audit_log",
  {
    id: columns.id(),
    at: columns.time("at").notNull(),
    /** `anonymous`: somebody whose key was refused. */
    actor: text("actor", { enum: ["key", "system", "admin", "anonymous"] }).notNull(),
    clientId: uuid("client_id"),
    apiKeyId: uuid("api_key_id"),
    action: text("action").notNull(),
    outcome: text("outcome", { enum: ["ok", "refused", "failed"] }).notNull(),
    errorCode: text("error_code"),
    phoneNumberId: uuid("phone_number_id"),
    conversationId: uuid("conversation_id"),
    messageId: uuid("message_id"),
    requestId: text("request_id"),
    latencyMs: integer("latency_ms"),
    /** Ids and counts only. */
    detail: jsonb("detail").$type<Record<string, unknown>>(),
  },
  (table) => [
    // A client's record, newest first.
    index("audit_log_by_client").on(table.clientId, table.at),
    // Everybody's record by time: to follow, to export, to archive.
    index("audit_log_by_time").on(table.at, table.id),
    // What happened to one message.
    index("audit_log_by_message").on(table.messageId),
  ],
);
