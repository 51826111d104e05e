import { AsyncLocalStorage } from "node:async_hooks";
import type { EventStore } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { formatAnswerId, parseAnswerId } from "./answer-id";

const KEPT_EVENTS = 32;
const KEPT_CHARACTERS = 256 * 1024;
const KEPT_STREAMS = 64;
// A call that its client cancelled is never answered. No key may make as many calls as this while one is at work.
const KEPT_OPEN_STREAMS = 1_024;

// The SDK does not say what a stream is for, and with older protocols it says nothing of it before its first message. One for all
// sessions: on Node 20 every instance that was ever used is carried along by each asynchronous resource of the process (measured:
// 434 kB a session where there are 500, instead of 65).
const answered = new AsyncLocalStorage<readonly unknown[]>();

/** One message of an answer, under the id by which a client comes back to it. */
export interface AnswerEvent {
  readonly id: string;
  readonly message: JSONRPCMessage;
}

interface StoredEvent {
  readonly streamId: string;
  readonly number: number;
  readonly message: JSONRPCMessage;
  readonly size: number;
  readonly at: Date;
}

interface StoredStream {
  readonly requestIds: readonly unknown[];
  unanswered: number;
  /** The number of the last answer, after which nothing comes. */
  endNumber: number;
}

/**
 * What comes after an event: `open` when the requests are still at work, `over` when nothing does, `gone` when this process has
 * not got it, or not any more, and otherwise all of it.
 */
export type AnswerRest = "open" | "over" | "gone" | readonly AnswerEvent[];

/** The newest parts of answers to one session's calls, for clients that lost the connection on which they came. */
export interface AnswerStore extends Omit<EventStore, "getStreamIdForEventId"> {
  /** Does what answers these requests. */
  answering<T>(requestIds: readonly unknown[], work: () => T): T;
  readRest(eventId: string): AnswerRest;
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
  const isOpen = (streamId: string): boolean => (streams.get(streamId)?.unanswered ?? 0) > 0;
  const findRest = (eventId: string): AnswerEvent[] => {
    const { streamId = "", number = 0 } = parseAnswerId(eventId) ?? {};
    const requestIds = streams.get(streamId)?.requestIds ?? [];
    return events
      .filter((event) => event.streamId === streamId && event.number > number)
      .map((event) => ({
        id: formatAnswerId({ streamId, number: event.number, requestIds }),
        message: event.message,
      }));
  };
  return {
    answering: (requestIds, work) => answered.run(requestIds, work),
    async storeEvent(streamId, message) {
      const number = (lastNumber += 1);
      const stream = touchStream(streams, streamId, answered.getStore());
      if ("result" in message || "error" in message) {
        stream.unanswered -= 1;
        stream.endNumber = number;
      }
      // The first event of a stream has no content: it only gives the client a place to come back to.
      if ("jsonrpc" in message) {
        const size = JSON.stringify(message).length;
        events = trim([...events, { streamId, number, message, size, at: now() }], isOpen);
      }
      dropOldest(streams);
      return formatAnswerId({ streamId, number, requestIds: stream.requestIds });
    },
    readRest(eventId) {
      const place = parseAnswerId(eventId);
      const stream = place && streams.get(place.streamId);
      if (!stream) return "gone";
      if (stream.unanswered > 0) return "open";
      if (place.number >= stream.endNumber) return "over";
      const isKept = events.some(({ number }) => number === stream.endNumber);
      return isKept ? findRest(eventId) : "gone";
    },
    async replayEventsAfter(eventId, { send }) {
      for (const { id, message } of findRest(eventId)) await send(id, message);
      return parseAnswerId(eventId)?.streamId ?? "";
    },
    forget(before) {
      events = events.filter(({ at, streamId }) => at >= before || isOpen(streamId));
    },
  };
}

function touchStream(
  streams: Map<string, StoredStream>,
  streamId: string,
  requestIds: readonly unknown[] = [],
): StoredStream {
  const stream = streams.get(streamId) ?? {
    requestIds,
    unanswered: Math.max(1, requestIds.length),
    endNumber: Number.POSITIVE_INFINITY,
  };
  // The newest last.
  streams.delete(streamId);
  streams.set(streamId, stream);
  return stream;
}

/** Drops what is too much: first of answers that are complete, because nobody waits at them, and the oldest first. */
function trim(events: readonly StoredEvent[], isOpen: (streamId: string) => boolean): StoredEvent[] {
  const kept = events.filter(({ size }) => size <= KEPT_CHARACTERS);
  let size = kept.reduce((sum, event) => sum + event.size, 0);
  while (kept.length > KEPT_EVENTS || size > KEPT_CHARACTERS) {
    const index = kept.findIndex(({ streamId }) => !isOpen(streamId));
    const [dropped] = kept.splice(Math.max(0, index), 1);
    size -= dropped?.size ?? 0;
  }
  return kept;
}

function dropOldest(streams: Map<string, StoredStream>): void {
  const ended = [...streams].filter(([, { unanswered }]) => unanswered <= 0);
  const excess = [
    ...ended.slice(0, Math.max(0, ended.length - KEPT_STREAMS)),
    ...[...streams].slice(0, Math.max(0, streams.size - KEPT_OPEN_STREAMS - KEPT_STREAMS)),
  ];
  for (const [streamId] of excess) streams.delete(streamId);
}
