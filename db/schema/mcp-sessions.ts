import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { apiKeys, clients } from "./clients";
import { columns } from "./columns";

/**
 * A session of a client of MCP 2025-11-25 or older. Any process can take it up: it replays what the client said first into a
 * transport of its own.
 */
export const mcpSessions = pgTable(
  "mcp_sessions",
  {
    /** What the client sends as Mcp-Session-Id. */
    id: text("id").primaryKey(),
    clientId: uuid("client_id")
      .notNull()
      .references(() => clients.id, { onDelete: "restrict" }),
    /** The key that opened it. To any other key it does not exist. */
    apiKeyId: uuid("api_key_id")
      .notNull()
      .references(() => apiKeys.id, { onDelete: "restrict" }),
    /** The parameters of `initialize`, as the client sent them. */
    initialize: jsonb("initialize").$type<Record<string, unknown>>().notNull(),
    subscriptions: text("subscriptions")
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The place in the change feed up to which the client was told everything; null before it subscribed to anything. */
    toldSeq: bigint("told_seq", { mode: "number" }),
    /** Until when some process has promised to be holding its event stream; renewed while it does. */
    streamingUntil: columns.time("streaming_until"),
    lastSeenAt: columns.time("last_seen_at").notNull(),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // How many a key has, and which of them was idle longest.
    index("mcp_sessions_by_key").on(table.apiKeyId, table.lastSeenAt),
    // The sweep ends what nobody has used for half an hour.
    index("mcp_sessions_by_last_seen").on(table.lastSeenAt),
    // A foreign key is looked up when a client is disabled.
    index("mcp_sessions_by_client").on(table.clientId),
  ],
);
