import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { clients } from "./clients";
import { columns } from "./columns";
import { messages } from "./messages";
import { phoneNumbers } from "./phone-numbers";

/** A file that came with a message, or that is to be sent. The bytes lie under MEDIA_ROOT. */
export const mediaObjects = pgTable(
  "media_objects",
  {
    id: columns.id(),
    phoneNumberId: uuid("phone_number_id")
      .notNull()
      .references(() => phoneNumbers.id, { onDelete: "restrict" }),
    /** Inbound: the message it came with. Retention deletes messages, and the file then with its own. */
    messageId: uuid("message_id").references(() => messages.id, { onDelete: "set null" }),
    /** Outbound: the client that brought it. Null for what came in: who may see the message may see that. */
    clientId: uuid("client_id").references(() => clients.id, { onDelete: "restrict" }),
    direction: text("direction", { enum: ["inbound", "outbound"] }).notNull(),
    kind: text("kind", { enum: ["image", "audio", "video", "document", "sticker"] }).notNull(),
    state: text("state", { enum: ["pending", "ready", "failed", "deleted"] })
      .notNull()
      .default("pending"),
    /** Why it failed, by code; never a stranger's words. */
    error: jsonb("error").$type<Record<string, unknown>>(),
    /** Outbound: where it is fetched from. */
    sourceUrl: text("source_url"),
    /** What the sender says it is; a claim. */
    declaredType: text("declared_type"),
    /** What its bytes say it is. */
    sniffedType: text("sniffed_type"),
    /** A stranger's, or the caller's, word for it; for display only, never a path. */
    fileName: text("file_name"),
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    /** Hex, of the bytes that are stored. */
    sha256: text("sha256"),
    /** Hex, as Meta announced it. */
    expectedSha256: text("expected_sha256"),
    /** Below MEDIA_ROOT. */
    path: text("path"),
    /** Meta's id: of what came in (7 days), or of what was uploaded (30 days). */
    waMediaId: text("wa_media_id"),
    waMediaExpiresAt: columns.time("wa_media_expires_at"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: columns.time("next_attempt_at"),
    claimExpiresAt: columns.time("claim_expires_at"),
    /** Signed URLs from before this moment are void. */
    urlsValidFrom: columns.time("urls_valid_from"),
    storedAt: columns.time("stored_at"),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // One file per message, however often its webhook is delivered.
    uniqueIndex("media_objects_by_message").on(table.messageId),
    // What is still to be fetched, for the sweep; few rows wait.
    index("media_objects_pending")
      .on(table.nextAttemptAt)
      .where(sql`${table.state} = 'pending'`),
    // The same file is uploaded once while Meta keeps it.
    index("media_objects_uploaded")
      .on(table.clientId, table.phoneNumberId, table.sha256)
      .where(sql`${table.direction} = 'outbound'`),
    // Retention goes by age.
    index("media_objects_by_age").on(table.createdAt),
  ],
);
