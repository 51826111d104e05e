import { jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { columns } from "./columns";

/** A message template of a business account, as Meta last described it. */
export const templates = pgTable(
  "templates",
  {
    id: columns.id(),
    wabaId: text("waba_id").notNull(),
    waTemplateId: text("wa_template_id").notNull(),
    name: text("name").notNull(),
    language: text("language").notNull(),
    category: text("category").notNull(),
    status: text("status").notNull(),
    quality: text("quality"),
    parameterFormat: text("parameter_format", { enum: ["POSITIONAL", "NAMED"] })
      .notNull()
      .default("POSITIONAL"),
    /** Header, body, footer and buttons, as Meta has them. */
    components: jsonb("components").$type<readonly Record<string, unknown>[]>().notNull(),
    syncedAt: columns.time("synced_at").notNull(),
    /** Set when Meta does not list it any more. */
    removedAt: columns.time("removed_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // A send names a template by account, name and language.
    uniqueIndex("templates_by_name").on(table.wabaId, table.name, table.language),
  ],
);
