import { integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { clients } from "./clients";
import { columns } from "./columns";
import { contacts } from "./contacts";
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
    /** Messages that one person may get from the client within any hour; unlimited when null. */
    recipientHourlyCap: integer("recipient_hourly_cap"),
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

/** Whom a client may write to on a number, where its grant says `allowlist`. */
export const grantRecipients = pgTable(
  "grant_recipients",
  {
    grantId: uuid("grant_id")
      .notNull()
      .references(() => grants.id, { onDelete: "cascade" }),
    contactId: uuid("contact_id")
      .notNull()
      .references(() => contacts.id, { onDelete: "restrict" }),
    createdAt: columns.createdAt(),
  },
  // A send asks for one pair.
  (table) => [primaryKey({ columns: [table.grantId, table.contactId] })],
);
