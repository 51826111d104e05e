import { index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { columns } from "./columns";

/** A person on WhatsApp. Every identity is an alias: phone, wa_id and BSUID may each be missing. */
export const contacts = pgTable("contacts", {
  id: columns.id(),
  portfolioId: text("portfolio_id").notNull(),
  createdAt: columns.createdAt(),
});

/** One name under which Meta, or a caller, knows a contact. */
export const contactAliases = pgTable(
  "contact_aliases",
  {
    portfolioId: text("portfolio_id").notNull(),
    kind: text("kind", { enum: ["wa_id", "bsuid", "parent_bsuid", "phone_input"] }).notNull(),
    value: text("value").notNull(),
    contactId: uuid("contact_id")
      .notNull()
      .references(() => contacts.id, { onDelete: "restrict" }),
    endedAt: columns.time("ended_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // Two deliveries for one stranger race to create the contact: one alias wins.
    primaryKey({ columns: [table.portfolioId, table.kind, table.value] }),
    // A send needs the contact's best address.
    index("contact_aliases_by_contact").on(table.contactId),
  ],
);
