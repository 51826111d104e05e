import { integer, jsonb, pgTable, text, uuid, type AnyPgColumn } from "drizzle-orm/pg-core";
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
  /** As Meta last told them: CONNECTED and the like, how many messages a second, how many people a day. */
  status: text("status"),
  nameStatus: text("name_status"),
  throughputLevel: text("throughput_level"),
  messagingLimitTier: text("messaging_limit_tier"),
  /** What keeps the number from sending, by Meta's codes. */
  health: jsonb("health").$type<Record<string, unknown>>(),
  syncedAt: columns.time("synced_at"),
  /** When something from Meta last arrived for this number: silence is evidence only while webhooks flow. */
  lastWebhookAt: columns.time("last_webhook_at"),
  /** Since when nothing is sent from it, and Meta's code of the trouble that a person must mend. */
  pausedAt: columns.time("paused_at"),
  pauseCode: integer("pause_code"),
  /** Until when nothing is sent from it because Meta said that it sends too much, and how often in a row it said so. */
  throttledUntil: columns.time("throttled_until"),
  throttleLevel: integer("throttle_level").notNull().default(0),
  disabledAt: columns.time("disabled_at"),
  createdAt: columns.createdAt(),
});
