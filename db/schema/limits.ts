import { bigint, date, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { apiKeys } from "./clients";

/** The calls of a key within the last minute, by second: what its limit per minute is measured against. */
export const rateBuckets = pgTable("rate_buckets", {
  apiKeyId: uuid("api_key_id")
    .primaryKey()
    .references(() => apiKeys.id, { onDelete: "cascade" }),
  /** The second, since 1970, that the first place of `hits` stands for. */
  headSecond: bigint("head_second", { mode: "number" }).notNull(),
  /** 60 counts, the newest second first. */
  hits: integer("hits").array().notNull(),
});

/** How many messages count against the daily caps. Moved with the message's row, so that both say the same. */
export const usageDaily = pgTable(
  "usage_daily",
  {
    /** In UTC. */
    day: date("day", { mode: "string" }).notNull(),
    scope: text("scope", { enum: ["client", "key", "grant"] }).notNull(),
    subjectId: uuid("subject_id").notNull(),
    sends: integer("sends").notNull(),
  },
  // A send moves one row per scope.
  (table) => [primaryKey({ columns: [table.day, table.scope, table.subjectId] })],
);
