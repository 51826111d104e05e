import { describe, expect, it } from "vitest";
import { readRange } from "#server/utils/media/signed/read-range";

const read = (header: string | undefined, ifRange?: string, size = 100) =>
  readRange(header, ifRange, size, '"tag"');

describe("readRange", () => {
  it.each([
    ["bytes=0-9", { start: 0, end: 9 }],
    ["bytes=90-", { start: 90, end: 99 }],
    ["bytes=90-500", { start: 90, end: 99 }],
    ["bytes=-10", { start: 90, end: 99 }],
    ["bytes=-500", { start: 0, end: 99 }],
    ["bytes=99-99", { start: 99, end: 99 }],
  ])("%s is a piece", (header, piece) => {
    expect(read(header)).toEqual(piece);
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("%s lies outside", (header) => {
    expect(read(header)).toBe("unsatisfiable");
  });

  it.each([undefined, "", "bytes=", "bytes=-", "bytes=9-0", "bytes=0-1,3-4", "items=0-1", "bytes=a-b"])(
    "%s is the whole file",
    (header) => {
      expect(read(header)).toBeUndefined();
    },
  );

  it("is only good for the file that it was asked of", () => {
    expect(read("bytes=0-9", '"tag"')).toEqual({ start: 0, end: 9 });
    expect(read("bytes=0-9", '"other"')).toBeUndefined();
    expect(read("bytes=0-9", 'W/"tag"')).toBeUndefined();
  });

  it("finds no piece in an empty file", () => {
    expect(read("bytes=0-", undefined, 0)).toBe("unsatisfiable");
  });
});
