import type { Database } from "#db/client";
import * as v from "valibot";
import type { Change, ChangeSource } from "./context";
import { describeError, type Log } from "./log";

const ChangeSchema = v.object({
  seq: v.number(),
  kind: v.picklist(["message", "status"]),
  direction: v.picklist(["inbound", "outbound"]),
  phoneNumberId: v.string(),
  conversationId: v.string(),
  messageId: v.string(),
  ownerClientId: v.nullable(v.string()),
});

export interface ChangeHub extends ChangeSource {
  /** Begins to listen; resolves once the database has confirmed it. */
  start(): Promise<void>;
  readonly listenerCount: number;
}

/** One LISTEN connection per process, shared by every session, stream and waiter. */
export function createChangeHub(database: Database, log: Log): ChangeHub {
  const listeners = new Set<(change: Change | undefined) => void>();
  const tell = (change: Change | undefined): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.error("a listener failed on a change:", describeError(error));
      }
    }
  };
  return {
    get listenerCount() {
      return listeners.size;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () =>
      database.listen(
        "wamcp_changes",
        (payload) => {
          const parsed = v.safeParse(ChangeSchema, JSON.parse(payload));
          if (parsed.success) tell(parsed.output);
        },
        // After a reconnect whatever was notified in between is lost: everybody looks for himself.
        () => tell(undefined),
      ),
  };
}
