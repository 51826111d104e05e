import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTeller, type Teller } from "#server/utils/mcp/legacy/streams/create-teller";

let lastSeq: number;
let told: [string, number][];
let teller: Teller;
beforeEach(() => {
  vi.useFakeTimers();
  lastSeq = 10;
  told = [];
  teller = createTeller({ lastSeq: () => lastSeq, tell: (uri, seq) => void told.push([uri, seq]) });
  for (const uri of ["a", "b", "c"]) teller.add(uri);
});
afterEach(() => {
  teller.end();
  vi.useRealTimers();
});
const change = (uris: string[]): void => {
  lastSeq += 1;
  teller.note(uris, lastSeq);
};

describe("createTeller", () => {
  it("tells what was missed oldest first, each with a place before what is still to come", () => {
    teller.begin(
      4,
      new Map([
        ["b", 6],
        ["a", 9],
      ]),
    );
    expect(told).toEqual([
      ["b", 8],
      ["a", 10],
    ]);
  });

  it("keeps what is noted before it begins, and does not move on", () => {
    change(["a"]);
    expect([told, teller.toldSeq]).toEqual([[], 0]);
    teller.begin(4, new Map());
    expect(told).toEqual([["a", 11]]);
  });

  it("stays before what waits for the end of a burst", () => {
    teller.begin(10, new Map());
    change(["a"]);
    change(["a"]);
    change(["b"]);
    expect(told).toEqual([
      ["a", 11],
      ["b", 11],
    ]);
    vi.runAllTimers();
    expect(told.at(-1)).toEqual(["a", 13]);
  });

  it("tells the addresses of one change with places that leave none of them out", () => {
    teller.begin(10, new Map());
    change(["a", "b", "c"]);
    expect(told).toEqual([
      ["a", 10],
      ["b", 10],
      ["c", 11],
    ]);
  });

  it("moves on with changes that concern others, and not past what it holds", () => {
    teller.begin(10, new Map());
    lastSeq = 20;
    expect(teller.toldSeq).toBe(20);
    teller.hold("a", 21);
    lastSeq = 30;
    expect(teller.toldSeq).toBe(20);
    teller.release("a");
    expect(teller.toldSeq).toBe(30);
  });

  it("never moves back, whatever it is told late", () => {
    teller.begin(10, new Map());
    lastSeq = 20;
    expect(teller.toldSeq).toBe(20);
    teller.note(["a"], 15);
    expect(told).toEqual([["a", 20]]);
  });

  it("does not follow a feed that has jumped, before all was told that may have changed", () => {
    teller.begin(10, new Map());
    lastSeq = 9_000;
    teller.noteMaybe(teller.uris);
    expect(told).toEqual([
      ["a", 10],
      ["b", 10],
      ["c", 9_000],
    ]);
  });

  it("tells nothing of what was removed, also when it was noted before", () => {
    change(["a", "b"]);
    teller.remove("a");
    teller.begin(4, new Map([["a", 7]]));
    expect(told).toEqual([["b", 11]]);
  });
});
