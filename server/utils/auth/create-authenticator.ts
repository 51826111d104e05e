import { timingSafeEqual } from "node:crypto";
import type { Database } from "#db/client";
import type { Clock } from "../clock";
import { AppError } from "../errors";
import { readApiKeyToken } from "./api-key-format";
import { hashApiKey } from "./hash-api-key";
import { loadPrincipal } from "./load-principal";
import type { Principal } from "./principal";
import { touchApiKey } from "./store";

export const KEY_CACHE_MS = 30_000;
const KEY_CACHE_ENTRIES = 1_000;

interface CacheEntry {
  readonly hash: string;
  readonly principal: Principal;
  readonly expiresAtMs: number;
  readonly cachedUntilMs: number;
}

export interface Authenticator {
  /**
   * Finds out who presents this `Authorization` header.
   *
   * @throws AppError `unauthorized`: the same answer for a missing, malformed, unknown, expired or revoked key
   */
  authenticate(authorization: string | undefined, address?: string): Promise<Principal>;
  /** Forgets what is cached of a client, or everything. */
  forget(clientId?: string): void;
}

/** Authenticates API keys, with a cache that a change of access empties at once. */
export function createAuthenticator(database: Database, pepper: string, clock: Clock): Authenticator {
  const cache = new Map<string, CacheEntry>();
  let generation = 0;

  const load = async (prefix: string, now: Date): Promise<CacheEntry | undefined> => {
    const key = await loadPrincipal(database, { prefix }, now);
    if (!key) return undefined;
    return {
      hash: key.hash,
      principal: key.principal,
      expiresAtMs: key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
      cachedUntilMs: now.getTime() + KEY_CACHE_MS,
    };
  };

  return {
    async authenticate(authorization, address) {
      const token = readApiKeyToken(/^Bearer ([^\s,]+)$/i.exec(authorization ?? "")?.[1] ?? "");
      if (!token) throw unauthorized();
      const startedIn = generation;
      const now = clock.now();
      const cached = cache.get(token.prefix);
      const isFresh = cached && cached.cachedUntilMs > now.getTime() && cached.expiresAtMs > now.getTime();
      const entry = isFresh ? cached : await load(token.prefix, now);
      if (!entry || !isSame(hashApiKey(token.token, pepper), entry.hash)) throw unauthorized();
      if (!isFresh) {
        // Not before the secret is proven: whoever only guesses must not look like the last user.
        await touchApiKey(database.system, entry.principal.keyId, now, address);
        // A change of access that came while this was read may not be in it.
        if (startedIn === generation) remember(cache, token.prefix, entry);
      }
      return entry.principal;
    },
    forget(clientId) {
      generation += 1;
      for (const [prefix, entry] of cache) {
        if (!clientId || entry.principal.clientId === clientId) cache.delete(prefix);
      }
    },
  };
}

function remember(cache: Map<string, CacheEntry>, prefix: string, entry: CacheEntry): void {
  if (cache.size >= KEY_CACHE_ENTRIES) cache.delete(cache.keys().next().value ?? "");
  cache.set(prefix, entry);
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function unauthorized(): AppError {
  return new AppError("unauthorized", "This needs a valid API key.", {
    advice: "Send the header 'Authorization: Bearer wamcp_live_...'. The owner of this server issues keys.",
  });
}
