import type { Principal } from "../../../auth/principal";
import type { SystemContext } from "../../../context";
import { describeError } from "../../../log";
import type { Teller } from "./create-teller";
import { findMissed } from "./find-missed";
import { findUnreadable } from "./find-unreadable";
import { removeSubscriptions } from "./store";

export interface SubscriptionsOptions {
  readonly system: SystemContext;
  readonly sessionId: string;
  readonly principal: () => Principal;
  readonly teller: Teller;
}

/** What the session of a stream hears of, as the database has it, while any process may change it. */
export interface Subscriptions {
  /** Takes over what stood in the database when the stream was opened. */
  load(uris: readonly string[]): Promise<void>;
  /** Something was added after this change. */
  subscribed(uri: string, seq: number): void;
  unsubscribed(uri: string): void;
  /**
   * Begins to compare with what stands in the database, after news may have been missed.
   *
   * @returns takes what was read from it since. What was told of in the meantime is newer than that, and stays.
   */
  compare(): (uris: readonly string[]) => void;
  /** Drops what the key may not read any more. */
  narrow(): Promise<void>;
}

/** Keeps what a stream tells of in step with the session. */
export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { system, sessionId, principal, teller } = options;
  // News may overtake the answer that was asked for before it.
  const removed = new Set<string>();
  // What was told of last, by the number of comparisons that had begun before.
  const touched = new Map<string, number>();
  let begun = 0;
  const unsubscribed = (uri: string): void => {
    touched.set(uri, begun);
    removed.add(uri);
    teller.remove(uri);
  };
  const add = (uri: string): void => {
    removed.delete(uri);
    teller.add(uri);
  };
  const narrow = async (): Promise<void> => {
    const unreadable = await findUnreadable(system, principal(), [...teller.uris]);
    if (unreadable.length === 0) return;
    unreadable.forEach(teller.remove);
    await removeSubscriptions(system.database.system, sessionId, unreadable);
  };
  return {
    async load(uris) {
      for (const uri of uris) if (!removed.has(uri)) teller.add(uri);
      await narrow();
    },
    subscribed(uri, seq) {
      touched.set(uri, begun);
      if (teller.uris.has(uri)) return;
      add(uri);
      // What this process passed on in between was not looked at for this address.
      if (system.changes.lastSeq > seq) void lookFor(options, uri, seq);
    },
    unsubscribed,
    compare() {
      const former = new Set(teller.uris);
      const number = (begun += 1);
      const isNewer = (uri: string): boolean => (touched.get(uri) ?? 0) >= number;
      return (uris) => {
        const wanted = new Set(uris);
        for (const uri of former) if (!wanted.has(uri) && !isNewer(uri)) unsubscribed(uri);
        for (const uri of wanted) {
          if (teller.uris.has(uri) || isNewer(uri)) continue;
          add(uri);
          teller.noteMaybe([uri]);
        }
      };
    },
    narrow,
  };
}

async function lookFor({ system, principal, teller }: SubscriptionsOptions, uri: string, seq: number) {
  // Until it is known whether it changed, nobody may come back to a place behind it.
  teller.hold(uri, seq + 1);
  try {
    const newest = (await findMissed(system, principal(), [uri], seq)).get(uri);
    if (newest !== undefined) teller.note([uri], newest);
  } catch (error) {
    system.log.warn("what changed was not read:", describeError(error));
    teller.note([uri], seq + 1);
  } finally {
    teller.release(uri);
  }
}
