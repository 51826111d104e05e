import type { Database } from "#db/client";
import * as v from "valibot";
import type { ConversationNews, ConversationNewsSource } from "./context";
import { describeError, type Log } from "./log";

const NewsSchema = v.object({
  phoneNumberId: v.string(),
  ownerClientId: v.nullable(v.string()),
  formerClientId: v.nullable(v.string()),
});

export interface ConversationNewsHub extends ConversationNewsSource {
  /** Begins to listen; resolves once the database has confirmed it. */
  start(): Promise<void>;
}

/** News of conversations, told once to this process and passed on to everybody in it. */
export function createConversationNews(database: Database, log: Log): ConversationNewsHub {
  const listeners = new Set<(news: ConversationNews | undefined) => void>();
  const tell = (news: ConversationNews | undefined): void => {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        log.error("a listener failed on news of a conversation:", describeError(error));
      }
    }
  };
  return {
    subscribe(listener) {
      // Of its own, so that two subscriptions of one function end apart.
      const entry = (news: ConversationNews | undefined): void => listener(news);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    start: () =>
      database.listen(
        "wamcp_conversations",
        (payload) => {
          const parsed = v.safeParse(NewsSchema, JSON.parse(payload));
          if (parsed.success) tell(parsed.output);
        },
        // After a reconnect whatever was told in between is lost.
        () => tell(undefined),
      ),
  };
}
