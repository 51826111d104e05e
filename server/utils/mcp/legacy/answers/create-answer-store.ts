import type { EventStore } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { formatAnswerId, parseAnswerId } from "./answer-id";

const KEPT_EVENTS = 32;
const KEPT_CHARACTERS = 256 * 1024;
const KEPT_STREAMS = 64;

interface StoredEvent {
  readonly streamId: string;
  readonly number: number;
  readonly message: JSONRPCMessage;
  readonly size: number;
  readonly at: Date;
}

interface StoredStream {
  readonly requestIds: readonly unknown[];
  /** The number of the answer itself, after which nothing comes. */
  endNumber: number;
}

/** The newest parts of answers to one session's calls, for clients that lost the connection on which they came. */
export interface AnswerStore extends Omit<EventStore, "getStreamIdForEventId"> {
  /** Does what begins to answer these requests. */
  answering<T>(requestIds: readonly unknown[], begin: () => T): T;
  /** Whether more comes after an event; undefined for one that is not of this process. */
  hasMore(eventId: string): boolean | undefined;
  /** Forgets what was said before. */
  forget(before: Date): void;
}

/**
 * Keeps answers for one session, bounded by number, size and time, in this process only. It does not name the stream of an id
 * beforehand: then the SDK lets the newest connection have it instead of refusing it.
 */
export function createAnswerStore(now: () => Date): AnswerStore {
  const streams = new Map<string, StoredStream>();
  let events: StoredEvent[] = [];
  let lastNumber = 0;
  let begun: readonly unknown[] = [];
  const requireStream = (streamId: string): StoredStream => {
    const stream = streams.get(streamId) ?? { requestIds: begun, endNumber: Number.POSITIVE_INFINITY };
    streams.delete(streamId);
    streams.set(streamId, stream);
    if (streams.size > KEPT_STREAMS) streams.delete(streams.keys().next().value ?? "");
    return stream;
  };
  return {
    answering(requestIds, begin) {
      begun = requestIds;
      const started = begin();
      begun = [];
      return started;
    },
    async storeEvent(streamId, message) {
      const number = (lastNumber += 1);
      const stream = requireStream(streamId);
      // The first event of a stream has no content: it only gives the client a place to come back to.
      if ("jsonrpc" in message) {
        events = trim([
          ...events,
          { streamId, number, message, size: JSON.stringify(message).length, at: now() },
        ]);
      }
      if ("result" in message || "error" in message) stream.endNumber = number;
      return formatAnswerId({ streamId, number, requestIds: stream.requestIds });
    },
    hasMore(eventId) {
      const place = parseAnswerId(eventId);
      const stream = place && streams.get(place.streamId);
      return stream && place.number < stream.endNumber;
    },
    async replayEventsAfter(eventId, { send }) {
      const { streamId = "", number = 0 } = parseAnswerId(eventId) ?? {};
      const requestIds = streams.get(streamId)?.requestIds ?? [];
      const rest = events.filter((event) => event.streamId === streamId && event.number > number);
      for (const event of rest) {
        await send(formatAnswerId({ streamId, number: event.number, requestIds }), event.message);
      }
      return streamId;
    },
    forget(before) {
      events = events.filter(({ at }) => at >= before);
    },
  };
}

function trim(events: readonly StoredEvent[]): StoredEvent[] {
  let size = 0;
  const newest = events.toReversed().slice(0, KEPT_EVENTS);
  const end = newest.findIndex((event) => (size += event.size) > KEPT_CHARACTERS);
  return (end < 0 ? newest : newest.slice(0, end)).toReversed();
}
