import { customType, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { messages } from "./messages";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

/**
 * What messages are searched by, written by triggers. A table of its own, because a status changes its message's row five
 * times, and every index on the row with it.
 */
export const messageWords = pgTable(
  "message_words",
  {
    messageId: uuid("message_id")
      .primaryKey()
      .references(() => messages.id, { onDelete: "cascade" }),
    phoneNumberId: uuid("phone_number_id").notNull(),
    conversationId: uuid("conversation_id").notNull(),
    /** As in conversations, so that a client's own words are found by the index alone. */
    ownerClientId: uuid("owner_client_id"),
    /** Folded: without case and accents. */
    words: text("words").notNull(),
    lexemes: tsvector("lexemes").notNull(),
  },
  (table) => [
    // Rare words, and parts of words. A search reads its pending list from one end to the other, so that is kept short.
    index("message_words_search")
      .using(
        "gin",
        table.phoneNumberId,
        table.ownerClientId,
        table.conversationId,
        table.lexemes,
        table.words.op("gin_trgm_ops"),
      )
      .with({ gin_pending_list_limit: 512 }),
    // Common words: the newest messages of a number, of a client, or of a conversation hold enough of them.
    index("message_words_by_number").on(table.phoneNumberId, table.messageId),
    index("message_words_by_owner").on(table.ownerClientId, table.phoneNumberId, table.messageId),
    index("message_words_by_conversation").on(table.conversationId, table.messageId),
  ],
);
