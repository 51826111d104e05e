import { pgTable, text, uuid, type AnyPgColumn } from "drizzle-orm/pg-core";
import { clients } from "./clients";
import { columns } from "./columns";

/** A business phone number of the WABA. Secrets are references, never values. */
export const phoneNumbers = pgTable("phone_numbers", {
  id: columns.id(),
  // Meta's id; unique because webhooks and tools name the number by it.
  waPhoneNumberId: text("wa_phone_number_id").notNull().unique(),
  wabaId: text("waba_id").notNull(),
  // BSUIDs belong to a business portfolio, so contacts are told apart by it.
  portfolioId: text("portfolio_id").notNull(),
  displayNumber: text("display_number").notNull(),
  label: text("label").notNull(),
  accessTokenRef: text("access_token_ref").notNull().default("META_ACCESS_TOKEN"),
  verifyTokenRef: text("verify_token_ref").notNull().default("META_VERIFY_TOKEN"),
  defaultClientId: uuid("default_client_id").references((): AnyPgColumn => clients.id, {
    onDelete: "restrict",
  }),
  quality: text("quality"),
  /** When something from Meta last arrived for this number: silence is evidence only while webhooks flow. */
  lastWebhookAt: columns.time("last_webhook_at"),
  disabledAt: columns.time("disabled_at"),
  createdAt: columns.createdAt(),
});
