import type { Principal } from "../../auth/principal";
import type { Change, ChangeSource } from "../../context";
import { createCoalescer } from "../coalesce";
import { touchedUris } from "../resources";

/** Of one session; the oldest goes. */
export const SUBSCRIPTION_LIMIT = 256;

export interface SubscriptionsOptions {
  readonly changes: ChangeSource;
  readonly principal: () => Principal;
  /** Tells the client that a resource changed. */
  readonly notify: (uri: string) => void;
}

/** What one session subscribed to, and when to tell it. */
export interface Subscriptions {
  subscribe(uri: string): void;
  unsubscribe(uri: string): void;
  setStreaming(isStreaming: boolean): void;
  isStreaming(): boolean;
  end(): void;
}

/**
 * Ties a session's subscriptions to the change feed. What changes while the client has no event stream open is told as
 * soon as it has one.
 */
export function createSubscriptions({ changes, principal, notify }: SubscriptionsOptions): Subscriptions {
  const uris = new Set<string>();
  const missed = new Set<string>();
  let streams = 0;
  const coalescer = createCoalescer((uri) => {
    if (streams > 0) notify(uri);
    else missed.add(uri);
  });
  // No change means that some may have been missed: then everything that is subscribed may be out of date.
  const concerned = (change: Change | undefined): string[] =>
    change ? touchedUris(principal(), change).filter((uri) => uris.has(uri)) : [...uris];
  const unsubscribe = changes.subscribe((change) => {
    if (uris.size > 0) concerned(change).forEach(coalescer.touch);
  });
  return {
    subscribe(uri) {
      if (uris.size >= SUBSCRIPTION_LIMIT) uris.delete(uris.values().next().value ?? "");
      uris.add(uri);
    },
    unsubscribe(uri) {
      uris.delete(uri);
    },
    setStreaming(isStreaming) {
      streams = Math.max(0, streams + (isStreaming ? 1 : -1));
      if (!isStreaming) return;
      for (const uri of missed) if (uris.has(uri)) notify(uri);
      missed.clear();
    },
    isStreaming: () => streams > 0,
    end() {
      unsubscribe();
      coalescer.end();
    },
  };
}
