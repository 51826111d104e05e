import * as crypto from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { hashApiKey } from "#server/utils/auth/hash-api-key";
import { verifyApiKey } from "#server/utils/auth/verify-api-key";

vi.mock("node:crypto", { spy: true });

const PEPPERS = {
  current: { version: 3, secret: "current pepper" },
  previous: { version: 2, secret: "previous pepper" },
};
const TOKEN = "wamcp_test_token";
const stored = (pepperVersion: number, secret: string) => ({
  hash: hashApiKey(TOKEN, secret),
  pepperVersion,
});

describe("verifyApiKey", () => {
  it.each([
    ["the current pepper", stored(3, "current pepper"), true],
    ["the previous pepper", stored(2, "previous pepper"), true],
    ["the current pepper under the previous version", stored(2, "current pepper"), false],
    ["the previous pepper under the current version", stored(3, "previous pepper"), false],
    ["the current pepper under an older version", stored(1, "current pepper"), false],
    ["the current pepper under no version of ours", stored(0, "current pepper"), false],
    [
      "a hash that is cut off",
      { hash: hashApiKey(TOKEN, "current pepper").slice(1), pepperVersion: 3 },
      false,
    ],
    ["no hash", { hash: "", pepperVersion: 3 }, false],
  ])("takes a key hashed with %s: %s", (_, row, isRight) => {
    expect(verifyApiKey(PEPPERS, TOKEN, row)).toBe(isRight);
    expect(verifyApiKey(PEPPERS, `${TOKEN}x`, row)).toBe(false);
  });

  it("takes none that there is not, not even one whose hash would be the stand-in's", () => {
    expect(verifyApiKey(PEPPERS, TOKEN, undefined)).toBe(false);
    const zero = { current: { version: 0, secret: "x" } };
    expect(verifyApiKey(zero, TOKEN, undefined)).toBe(false);
  });

  it("takes the previous pepper for nothing when there is none", () => {
    expect(verifyApiKey({ current: PEPPERS.current }, TOKEN, stored(2, "previous pepper"))).toBe(false);
  });

  it("hashes once and compares once in constant time, whatever is wrong", () => {
    const rows = [undefined, stored(3, "current pepper"), stored(2, "previous pepper"), stored(9, "other")];
    for (const row of rows) {
      vi.mocked(crypto.createHmac).mockClear();
      vi.mocked(crypto.timingSafeEqual).mockClear();
      verifyApiKey(PEPPERS, TOKEN, row);
      expect(crypto.createHmac).toHaveBeenCalledTimes(1);
      expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(1);
    }
  });
});
