import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { clients } from "./clients";
import { columns } from "./columns";
import { contacts } from "./contacts";
import { phoneNumbers } from "./phone-numbers";

/** A number and a contact; the unit that a client owns. */
export const conversations = pgTable(
  "conversations",
  {
    id: columns.id(),
    phoneNumberId: uuid("phone_number_id")
      .notNull()
      .references(() => phoneNumbers.id, { onDelete: "restrict" }),
    contactId: uuid("contact_id")
      .notNull()
      .references(() => contacts.id, { onDelete: "restrict" }),
    ownerClientId: uuid("owner_client_id").references(() => clients.id, { onDelete: "restrict" }),
    /**
     * What the person goes by, as told in this conversation: another client's webhooks must not name him here. Display data,
     * never keys: a username can be released and taken by somebody else.
     */
    profileName: text("profile_name"),
    username: text("username"),
    /** Meta's time of the last message that opens the 24-hour window, never later than its receipt. */
    lastInboundAt: columns.time("last_inbound_at"),
    /** When Meta first refused a message because the window is closed, since the person last wrote. */
    windowRefusedAt: columns.time("window_refused_at"),
    /** When a message left that Meta refused so after that first one: from then on the window counts as closed. */
    windowClosedAt: columns.time("window_closed_at"),
    lastMessageAt: columns.time("last_message_at"),
    unreadCount: integer("unread_count").notNull().default(0),
    /** The order of sends: the last position given out. Moved under the row's lock. */
    lastPosition: bigint("last_position", { mode: "number" }).notNull().default(0),
    /**
     * Wake-ups that found an older message of this conversation in the way. Whatever clears the way hands
     * one of them on, so that every queued message keeps exactly one.
     */
    deferredWakes: integer("deferred_wakes").notNull().default(0),
    /**
     * When the attempts so far will have been worth their time, at one per six seconds: moved on by every attempt, so that
     * it stands for all of them (the theoretical arrival time of the GCRA, ITU-T I.371).
     */
    pacedUntil: columns.time("paced_until"),
    /** Whether some of its words are still those of a former owner in `message_words`, because they were too many to move. */
    hasWordsApart: boolean("has_words_apart").notNull().default(false),
    createdAt: columns.createdAt(),
  },
  (table) => [
    // One conversation per number and contact, however many deliveries race to open it.
    uniqueIndex("conversations_by_number_and_contact").on(table.phoneNumberId, table.contactId),
    // What is unread on a number; few conversations are.
    index("conversations_unread")
      .on(table.phoneNumberId)
      .where(sql`${table.unreadCount} > 0`),
    // A contact is visible to a client through its conversations.
    index("conversations_by_contact").on(table.contactId),
    // A client's own conversations, newest first.
    index("conversations_by_owner").on(table.ownerClientId, table.lastMessageAt),
    // All of a number, newest first.
    index("conversations_by_activity").on(table.phoneNumberId, table.lastMessageAt),
    // Conversations whose words are not all under their owner; few are.
    index("conversations_with_words_apart")
      .on(table.ownerClientId, table.phoneNumberId)
      .where(sql`${table.hasWordsApart}`),
  ],
);
