import type { Database } from "#db/client";
import * as v from "valibot";
import type { Change, ChangeSource } from "../context";
import type { Log } from "../log";
import { createListeners } from "./create-listeners";
import { createOrderedFeed } from "./create-ordered-feed";
import { readLastSeq, readMissedChanges } from "./store";

const NotificationSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    seq: v.pipe(v.number(), v.safeInteger()),
    kind: v.picklist(["message", "status"]),
    direction: v.picklist(["inbound", "outbound"]),
    phoneNumberId: v.string(),
    conversationId: v.string(),
    messageId: v.string(),
    ownerClientId: v.nullable(v.string()),
  }),
);

export interface ChangeHub extends ChangeSource {
  /** Begins to listen; resolves once the database has confirmed it. */
  start(): Promise<void>;
  readonly listenerCount: number;
}

/**
 * One LISTEN connection per process, shared by every session, stream and waiter. What is not notified while that connection is
 * lost is read from the table before anything newer is passed on.
 */
export function createChangeHub(database: Database, log: Log): ChangeHub {
  const listeners = createListeners(log);
  const feed = createOrderedFeed({
    readLastSeq: () => readLastSeq(database.system),
    readMissed: (after, limit) => readMissedChanges(database.system, after, limit),
    pass: listeners.tell,
    log,
  });
  const onNotify = (payload: string): void => {
    const parsed = v.safeParse(NotificationSchema, payload);
    if (parsed.success) return feed.take(parsed.output satisfies Change);
    // The next change would show the gap; nobody should have to wait for it.
    log.warn("a notification of a change could not be read");
    void feed.look();
  };
  return {
    get lastSeq() {
      return feed.lastSeq;
    },
    get listenerCount() {
      return listeners.size;
    },
    countOf: listeners.countOf,
    subscribe: listeners.subscribe,
    async start() {
      await database.listen("wamcp_changes", onNotify, () => void feed.look());
      await feed.look();
    },
  };
}
