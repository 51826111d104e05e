import type { Change, ChangeInterest, ChangeListener } from "../context";
import { describeError, type Log } from "../log";

interface Subscription {
  readonly listener: ChangeListener;
}

/** Everybody in this process who listens to changes. */
export interface Listeners {
  subscribe(listener: ChangeListener, interest?: ChangeInterest): () => void;
  countOf(keyId: string): number;
  /** Calls whoever a change concerns; everybody, when it is not known what changed. */
  tell(change: Change | undefined): void;
  readonly size: number;
}

/** Keeps listeners by the ids they care for, so that a change costs nothing for those whom it does not concern. */
export function createListeners(log: Log): Listeners {
  const all = new Set<Subscription>();
  const ofEverything = new Set<Subscription>();
  const byId = new Map<string, Set<Subscription>>();
  const byKey = new Map<string, Set<Subscription>>();
  const concerned = ({ phoneNumberId, conversationId, messageId }: Change): Set<Subscription> => {
    const found = new Set(ofEverything);
    for (const id of [phoneNumberId, conversationId, messageId]) {
      for (const subscription of byId.get(id) ?? []) found.add(subscription);
    }
    return found;
  };
  return {
    get size() {
      return all.size;
    },
    countOf: (keyId) => byKey.get(keyId)?.size ?? 0,
    subscribe(listener, interest) {
      const subscription: Subscription = { listener };
      all.add(subscription);
      if (!interest) ofEverything.add(subscription);
      for (const id of interest?.ids ?? []) addTo(byId, id, subscription);
      if (interest) addTo(byKey, interest.keyId, subscription);
      return () => {
        all.delete(subscription);
        ofEverything.delete(subscription);
        for (const id of interest?.ids ?? []) removeFrom(byId, id, subscription);
        if (interest) removeFrom(byKey, interest.keyId, subscription);
      };
    },
    tell(change) {
      for (const subscription of change ? concerned(change) : [...all]) {
        // One that was told before it may have ended this one.
        if (!all.has(subscription)) continue;
        try {
          subscription.listener(change);
        } catch (error) {
          log.error("a listener failed on a change:", describeError(error));
        }
      }
    },
  };
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

function removeFrom<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
