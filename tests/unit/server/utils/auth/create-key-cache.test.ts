import { describe, expect, it } from "vitest";
import { createKeyCache, KEY_CACHE_ENTRIES } from "#server/utils/auth/create-key-cache";
import { createPrincipal } from "../../helpers/create-principal";

const NOW = new Date("2026-11-20T10:00:00Z");
const KEY = { hash: "h", pepperVersion: 1, expiresAt: null, principal: createPrincipal() };

describe("createKeyCache", () => {
  it("remembers so many keys at most; the one loaded longest ago goes", () => {
    const cache = createKeyCache();
    for (let place = 0; place < KEY_CACHE_ENTRIES; place += 1) cache.remember(`k${place}`, KEY, NOW, 0);
    cache.remember("k0", KEY, NOW, 0);
    cache.remember("new", KEY, NOW, 0);
    expect(cache.find("k1", NOW)).toBeUndefined();
    expect(cache.find("k0", NOW)?.isFresh).toBe(true);
    expect(cache.find("new", NOW)?.isFresh).toBe(true);
  });

  it("keeps what was loaded before a change of access as proven, but not as fresh", () => {
    const cache = createKeyCache();
    const { generation } = cache;
    cache.expire("somebody");
    cache.remember("k", KEY, NOW, generation);
    expect(cache.find("k", NOW)).toEqual({ key: KEY, isFresh: false });
    cache.remember("k", KEY, NOW, cache.generation);
    expect(cache.find("k", NOW)?.isFresh).toBe(true);
    cache.expire("somebody else");
    expect(cache.find("k", NOW)?.isFresh).toBe(true);
    cache.expire(KEY.principal.clientId);
    expect(cache.find("k", NOW)?.isFresh).toBe(false);
    cache.drop("k");
    expect(cache.find("k", NOW)).toBeUndefined();
  });
});
