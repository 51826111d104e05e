import type { Config } from "../../../config";
import { createCursorSeal } from "../../../messaging/reading/create-cursor-seal";

const FEED = "feed.";

/** The ids of events, which a client sends back as Last-Event-ID. */
export interface EventIds {
  /** Of a notification: a place in the change feed. */
  ofFeed(seq: number): string;
  /** The place that an id stands for; undefined for one of another stream, another client, or nobody's. */
  readFeed(eventId: string | undefined): number | undefined;
}

/** Makes the ids of a client's notifications. The places in them are sealed, as cursors are. */
export function createEventIds(clientId: string, { apiKeyPeppers }: Pick<Config, "apiKeyPeppers">): EventIds {
  const seal = createCursorSeal(clientId, apiKeyPeppers.current.secret, apiKeyPeppers.previous?.secret);
  return {
    ofFeed: (seq) => FEED + seal.seal(seq),
    readFeed(eventId) {
      if (!eventId?.startsWith(FEED)) return undefined;
      try {
        return seal.open(eventId.slice(FEED.length));
      } catch {
        return undefined;
      }
    },
  };
}
