import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCursorSeal } from "#server/utils/messaging/reading/create-cursor-seal";

const seal = createCursorSeal("client", "a-secret-of-at-least-thirty-two-characters");
const REFUSAL = expect.objectContaining({ code: "invalid_arguments", details: { field: "cursor" } }) as Error;

describe("createCursorSeal", () => {
  it("opens what it sealed, up to the largest number", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seq) => {
        expect(seal.open(seal.seal(seq))).toBe(seq);
      }),
    );
    expect(seal.open(seal.seal(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("opens on every replica that has the same secret, and on no other", () => {
    const same = createCursorSeal("client", "a-secret-of-at-least-thirty-two-characters");
    expect(same.open(seal.seal(42))).toBe(42);
    expect(() => createCursorSeal("client", "another-secret").open(seal.seal(42))).toThrow(REFUSAL);
  });

  it("fits an address and the tool's argument", () => {
    for (const seq of [0, 1, Number.MAX_SAFE_INTEGER]) expect(seal.seal(seq)).toMatch(/^[\w-]{22}$/);
  });

  it("tells neither the place nor whether two cursors are of the same place", () => {
    const cursors = Array.from({ length: 100 }, () => seal.seal(7));
    expect(new Set(cursors).size).toBe(100);
    const bytes = cursors.map((cursor) => Buffer.from(cursor, "base64url"));
    for (let place = 0; place < 16; place += 1) {
      expect(new Set(bytes.map((block) => block[place])).size).toBeGreaterThan(1);
    }
  });

  it("refuses a cursor with any one bit changed", () => {
    const sealed = Buffer.from(seal.seal(42), "base64url");
    for (let bit = 0; bit < 128; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => seal.open(changed.toString("base64url")), `bit ${bit}`).toThrow(REFUSAL);
    }
  });

  it("refuses whatever was made up, and does not repeat it", () => {
    for (const cursor of [
      "",
      "1",
      "42",
      "a".repeat(22),
      `${seal.seal(1)}AAAA`,
      seal.seal(1).slice(2),
      "\u{1F600}",
    ]) {
      expect(() => seal.open(cursor)).toThrow(REFUSAL);
    }
    fc.assert(fc.property(fc.string(), (cursor) => void expect(() => seal.open(cursor)).toThrow(REFUSAL)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (block) => {
        expect(() => seal.open(Buffer.from(block).toString("base64url"))).toThrow(REFUSAL);
      }),
    );
    expect(() => seal.open("made-up-cursor")).not.toThrow("made-up-cursor");
  });
});
