import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBookmarkSeal } from "#server/utils/messaging/reading/bookmarks/create-bookmark-seal";
import type { Bookmark } from "#server/utils/messaging/reading/bookmarks/bookmark";
import { createCursorSeal } from "#server/utils/messaging/reading/create-cursor-seal";

const SECRET = "a-secret-of-at-least-thirty-two-characters";
const seal = createBookmarkSeal("client", SECRET);
const REFUSAL = expect.objectContaining({ code: "invalid_arguments", details: { field: "cursor" } }) as Error;
const LARGEST = 2 ** 48 - 1;

const place = fc.nat({ max: LARGEST });
const filtered = fc.record({
  seq: place,
  withUnread: fc.boolean(),
  ahead: fc.record({ scopeId: fc.uuid(), seq: place }),
});
const example: Bookmark = {
  seq: 7,
  withUnread: false,
  ahead: { scopeId: "019f0000-0000-7000-8000-00000000000a", seq: 9 },
};

describe("createBookmarkSeal", () => {
  it("opens what it sealed", () => {
    const plain = place.map((seq): Bookmark => ({ seq, withUnread: false }));
    fc.assert(
      fc.property(fc.oneof(plain, filtered), (bookmark) => {
        expect(seal.open(seal.seal(bookmark))).toEqual(bookmark);
      }),
    );
  });

  it("opens the cursors of places", () => {
    const old = createCursorSeal("client", SECRET).seal(42);
    expect(seal.open(old)).toEqual({ seq: 42, withUnread: false });
  });

  it("fits an address and the tool's argument", () => {
    expect(seal.seal({ seq: LARGEST, withUnread: false })).toMatch(/^[\w-]{22}$/);
    fc.assert(fc.property(filtered, (bookmark) => void expect(seal.seal(bookmark)).toMatch(/^[\w-]{76}$/)));
  });

  it("opens with the secret before, and for no other client or secret", () => {
    const sealed = seal.seal(example);
    expect(createBookmarkSeal("client", "the next", SECRET).open(sealed)).toEqual(example);
    for (const other of [createBookmarkSeal("another", SECRET), createBookmarkSeal("client", "the next")]) {
      expect(() => other.open(sealed)).toThrow(REFUSAL);
    }
  });

  it("tells neither the places nor whether two cursors are of the same", () => {
    const bytes = Array.from({ length: 100 }, () => Buffer.from(seal.seal(example), "base64url"));
    for (let index = 0; index < 57; index += 1) {
      expect(new Set(bytes.map((sealed) => sealed[index])).size).toBeGreaterThan(1);
    }
  });

  it("refuses a cursor with any one bit changed, cut, or spelled otherwise", () => {
    const cursor = seal.seal(example);
    const sealed = Buffer.from(cursor, "base64url");
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => seal.open(changed.toString("base64url")), `bit ${bit}`).toThrow(REFUSAL);
    }
    for (const made of [cursor.slice(1), `${cursor}A`, `${cursor}=`, ` ${cursor}`, "now", "a".repeat(76)]) {
      expect(() => seal.open(made)).toThrow(REFUSAL);
    }
  });
});
