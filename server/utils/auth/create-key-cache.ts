import { dropOldest } from "./drop-oldest";
import type { Principal } from "./principal";
import type { KeyHash } from "./verify-api-key";

/** How long a key is taken for good without asking the database. */
export const KEY_CACHE_MS = 30_000;
/** Keys that one process remembers; the one that was loaded longest ago goes. */
export const KEY_CACHE_ENTRIES = 1_000;

/** A key that was proven to this process, and what it may do. */
export interface CachedKey extends KeyHash {
  readonly principal: Principal;
  readonly expiresAt: Date | null;
}

interface Entry {
  readonly key: CachedKey;
  freshUntilMs: number;
}

export interface KeyCache {
  /** A proven key, and whether that can be relied on without asking again. */
  find(prefix: string, now: Date): { readonly key: CachedKey; readonly isFresh: boolean } | undefined;
  /** Remembers a key. It is stale at once when access changed since the generation in which it was loaded. */
  remember(prefix: string, key: CachedKey, loadedAt: Date, generation: number): void;
  /** Forgets that a key was ever good. */
  drop(prefix: string): void;
  /** Makes the keys of a client, or all, stale. That they were proven once stays known. */
  expire(clientId?: string): void;
  /** Counts up with every change of access. */
  readonly generation: number;
}

/** The keys that were proven to this process. */
export function createKeyCache(): KeyCache {
  const entries = new Map<string, Entry>();
  let generation = 0;
  return {
    get generation() {
      return generation;
    },
    find(prefix, now) {
      const entry = entries.get(prefix);
      if (!entry) return undefined;
      const { key, freshUntilMs } = entry;
      const expiresAtMs = key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
      return { key, isFresh: now.getTime() < Math.min(freshUntilMs, expiresAtMs) };
    },
    remember(prefix, key, loadedAt, loadedIn) {
      entries.delete(prefix);
      dropOldest(entries, KEY_CACHE_ENTRIES);
      const freshUntilMs = loadedIn === generation ? loadedAt.getTime() + KEY_CACHE_MS : 0;
      entries.set(prefix, { key, freshUntilMs });
    },
    drop(prefix) {
      entries.delete(prefix);
    },
    expire(clientId) {
      generation += 1;
      for (const entry of entries.values()) {
        if (!clientId || entry.key.principal.clientId === clientId) entry.freshUntilMs = 0;
      }
    },
  };
}
