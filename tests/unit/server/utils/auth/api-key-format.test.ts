import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createApiKeyToken, readApiKeyToken } from "#server/utils/auth/api-key-format";

// Made with Python: zlib.crc32 of everything before the last six characters, in base 62 (digits, upper, lower case).
const KNOWN = [
  ["wamcp_live_Ab3dEf7h", "wamcp_live_Ab3dEf7h0123456789ABCDEFGHIJKLMNOP4Etbss"],
  ["wamcp_test_zzzzzzzz", "wamcp_test_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz2WBPPP"],
  ["wamcp_live_Ab3dEf7h", "wamcp_live_Ab3dEf7h0000000000000000000000008800L71H"],
] as const;
const [, VALID] = KNOWN[0];

describe("readApiKeyToken", () => {
  it.each(KNOWN)("finds the prefix %s of a key", (prefix, token) => {
    expect(readApiKeyToken(token)).toEqual({ prefix, token });
  });

  it("refuses a key with one character changed, wherever it stands", () => {
    for (let place = 0; place < VALID.length; place += 1) {
      const other = VALID[place] === "A" ? "B" : "A";
      const changed = VALID.slice(0, place) + other + VALID.slice(place + 1);
      expect(readApiKeyToken(changed), `place ${place}`).toBeUndefined();
    }
  });

  it.each([
    ["empty", ""],
    ["short", VALID.slice(0, -1)],
    ["long", `${VALID}0`],
    ["of another mode", VALID.replace("live", "prod")],
    ["of the other mode", VALID.replace("live", "test")],
    ["in upper case", VALID.toUpperCase()],
    ["after a space", ` ${VALID}`],
    ["before a line break", `${VALID}\n`],
    ["two in one", `${VALID}${VALID}`],
    ["with a sign that no key has", VALID.replace("0123", "01-3")],
    ["with a letter that only looks like one", VALID.replace("Ab3d", "\u0410b3d")],
  ])("refuses a key that is %s", (_, token) => {
    expect(readApiKeyToken(token)).toBeUndefined();
  });

  it("refuses whatever else comes, without throwing", () => {
    fc.assert(fc.property(fc.string(), (text) => readApiKeyToken(text) === undefined));
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z]{40}$/), (rest) => {
        fc.pre(rest !== VALID.slice(11));
        expect(readApiKeyToken(`wamcp_live_${rest}`)).toBeUndefined();
      }),
    );
  });
});

describe("createApiKeyToken", () => {
  it.each(["live", "test"] as const)("makes %s keys that can be read again", (mode) => {
    for (let index = 0; index < 100; index += 1) {
      const made = createApiKeyToken(mode);
      expect(made.token).toMatch(new RegExp(`^wamcp_${mode}_[0-9A-Za-z]{40}$`));
      expect(made.prefix).toBe(made.token.slice(0, 19));
      expect(readApiKeyToken(made.token)).toEqual(made);
    }
  });

  it("holds at least 140 secret bits besides the prefix and the checksum", () => {
    const secret = createApiKeyToken("live").token.slice(19, -6);
    expect(secret.length * Math.log2(62)).toBeGreaterThanOrEqual(140);
  });

  it("draws each secret character from the whole alphabet, and no two keys alike", () => {
    const tokens = Array.from({ length: 500 }, () => createApiKeyToken("live").token);
    expect(new Set(tokens).size).toBe(500);
    expect(new Set(tokens.map((token) => token.slice(0, 19))).size).toBe(500);
    for (let place = 19; place < 45; place += 1) {
      // 500 draws miss one of 62 with a chance of 62 * (61/62)^500 = 0.02; half of them, never.
      expect(new Set(tokens.map((token) => token[place])).size).toBeGreaterThan(50);
    }
  });
});
