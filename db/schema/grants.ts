import { integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { clients } from "./clients";
import { columns } from "./columns";
import { phoneNumbers } from "./phone-numbers";

/** What a client may do on a number. */
export const grants = pgTable(
  "grants",
  {
    id: columns.id(),
    clientId: uuid("client_id")
      .notNull()
      .references(() => clients.id, { onDelete: "restrict" }),
    phoneNumberId: uuid("phone_number_id")
      .notNull()
      .references(() => phoneNumbers.id, { onDelete: "restrict" }),
    tools: text("tools").array().notNull().default(["*"]),
    dailyCap: integer("daily_cap"),
    visibility: text("visibility", { enum: ["own", "all"] })
      .notNull()
      .default("own"),
    recipientPolicy: text("recipient_policy", { enum: ["anyone", "open_window", "allowlist", "none"] })
      .notNull()
      .default("open_window"),
    confirmPolicy: text("confirm_policy", { enum: ["never", "new_recipient", "always"] })
      .notNull()
      .default("never"),
    revokedAt: columns.time("revoked_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // Row-level security asks "does this client hold a grant on this number?" for every conversation.
    uniqueIndex("grants_by_client_and_number").on(table.clientId, table.phoneNumberId),
  ],
);
