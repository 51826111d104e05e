import { describe, expect, it } from "vitest";
import { createUlid } from "#dev/inngest/ulid";

describe("createUlid", () => {
  it("gives 26 characters that sort by time and repeat for the same seed", () => {
    const seed = Buffer.alloc(10, 255);
    // The example of the ULID specification's time part.
    expect(createUlid(1_469_918_176_385, seed)).toBe("01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    expect(createUlid(1000) < createUlid(2000)).toBe(true);
    expect(createUlid()).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(createUlid()).not.toBe(createUlid());
  });
});
