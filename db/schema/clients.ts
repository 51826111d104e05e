import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from "drizzle-orm/pg-core";
import { columns } from "./columns";

/** What is set for a client as a whole. */
export interface ClientPolicy {
  /** Messages that all its keys together may send on one day (UTC); unlimited when left out. */
  readonly daily_cap?: number;
}

/** A tenant. One row, one or more API keys. */
export const clients = pgTable(
  "clients",
  {
    id: columns.id(),
    name: text("name").notNull().unique(),
    displayName: text("display_name").notNull(),
    isOwner: boolean("is_owner").notNull().default(false),
    policy: jsonb("policy").$type<ClientPolicy>().notNull().default({}),
    disabledAt: columns.time("disabled_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // At most one owner: the database refuses a second one, whatever the admin does.
    uniqueIndex("clients_one_owner")
      .on(table.isOwner)
      .where(sql`${table.isOwner}`),
  ],
);

/** A key that a client's agents present. Only an HMAC of it is kept. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: columns.id(),
    clientId: uuid("client_id")
      .notNull()
      .references(() => clients.id, { onDelete: "restrict" }),
    label: text("label").notNull(),
    // Unique because every request finds its key by this prefix.
    prefix: text("prefix").notNull().unique(),
    hash: text("hash").notNull(),
    pepperVersion: integer("pepper_version").notNull().default(1),
    scopes: text("scopes").array().notNull(),
    rpmLimit: integer("rpm_limit").notNull().default(60),
    dailyMsgLimit: integer("daily_msg_limit").notNull().default(250),
    expiresAt: columns.time("expires_at"),
    revokedAt: columns.time("revoked_at"),
    rotatedFromId: uuid("rotated_from_id").references((): AnyPgColumn => apiKeys.id, {
      onDelete: "restrict",
    }),
    /** The first key of a chain of rotations: all of them share its limits. Null: this key itself. */
    limitsKeyId: uuid("limits_key_id").references((): AnyPgColumn => apiKeys.id, { onDelete: "restrict" }),
    lastUsedAt: columns.time("last_used_at"),
    lastUsedIp: text("last_used_ip"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // A client's keys are listed, and all closed when the client is disabled.
    index("api_keys_by_client").on(table.clientId),
  ],
);
