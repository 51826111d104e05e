import { beforeEach, describe, expect, it } from "vitest";
import { createOrderedFeed, MISSED_LIMIT, type OrderedFeed } from "#server/utils/changes/create-ordered-feed";
import type { MissedChanges } from "#server/utils/changes/store";
import type { Change } from "#server/utils/context";
import { eventually } from "#tests/helpers/eventually";
import { defer, type Deferred } from "../../helpers/defer";
import { createRecordingLog } from "../../helpers/recording-log";

const START = 10;

/** What stands in the table. */
let table: number[];
let passed: (number | "unknown")[];
let looks: number;
/** Holds every look until it is resolved. */
let gate: Deferred<void> | undefined;
let failures: number;
let feed: OrderedFeed;
/** What was passed on since the feed began. */
const news = () => passed.slice(1);

const changeOf = (seq: number): Change => ({
  seq,
  kind: "message",
  direction: "inbound",
  phoneNumberId: "number",
  conversationId: "conversation",
  messageId: `message-${seq}`,
  ownerClientId: null,
});

async function readMissed(after: number, limit: number): Promise<MissedChanges> {
  looks += 1;
  if (failures > 0) {
    failures -= 1;
    throw new Error("away");
  }
  const lastSeq = table.at(-1) ?? 0;
  const missed = table.filter((seq) => seq > after).map(changeOf);
  await gate?.promise;
  const isTooMuch = missed.length > limit || lastSeq < after;
  return { lastSeq, changes: isTooMuch ? [] : missed, isComplete: !isTooMuch };
}

/** Commits a change; its notification comes or is lost. */
function commit(seq: number, { isNotified = true } = {}): void {
  table.push(seq);
  if (isNotified) feed.take(changeOf(seq));
}
const lose = (seq: number) => commit(seq, { isNotified: false });

beforeEach(async () => {
  [table, passed, looks, failures, gate] = [[START], [], 0, 0, undefined];
  feed = createOrderedFeed({
    readLastSeq: async () => table.at(-1) ?? 0,
    readMissed,
    pass: (change) => void passed.push(change?.seq ?? "unknown"),
    log: createRecordingLog().log,
  });
  await feed.look();
});

describe("the feed", () => {
  it("begins where the table ends, with what nobody here has seen", () => {
    expect(passed).toEqual(["unknown"]);
    expect(feed.lastSeq).toBe(START);
  });
});

describe("a notification", () => {
  it("that is the next one is passed on at once, without a look", () => {
    commit(11);
    commit(12);
    expect(news()).toEqual([11, 12]);
    expect(feed.lastSeq).toBe(12);
    expect(looks).toBe(0);
  });

  it("that came before is dropped", () => {
    commit(11);
    commit(12);
    for (const seq of [11, 12, 3]) feed.take(changeOf(seq));
    expect(news()).toEqual([11, 12]);
  });

  it("behind a lost one is held back until the lost one was read", async () => {
    lose(11);
    commit(12);
    expect(news()).toEqual([]);
    await eventually(() => expect(news()).toEqual([11, 12]));
    expect(looks).toBe(1);
  });

  it("behind a transaction that was rolled back is passed on after one look", async () => {
    commit(12);
    await eventually(() => expect(news()).toEqual([12]));
    commit(13);
    expect(news()).toEqual([12, 13]);
    expect(looks).toBe(1);
  });

  it("whose row is gone already is passed on all the same", async () => {
    feed.take(changeOf(15));
    await eventually(() => expect(news()).toContain(15));
    feed.take(changeOf(16));
    expect(news().at(-1)).toBe(16);
  });
});

describe("a look", () => {
  it("is one at a time, and holds back what is notified meanwhile", async () => {
    gate = defer();
    lose(11);
    commit(12);
    for (const seq of [13, 14, 15]) commit(seq);
    expect(looks).toBe(1);
    expect(news()).toEqual([]);
    gate.resolve();
    await eventually(() => expect(news()).toEqual([11, 12, 13, 14, 15]));
    expect(looks).toBe(1);
  });

  it("is followed by another when a gap was notified meanwhile", async () => {
    gate = defer();
    commit(12);
    lose(13);
    commit(14);
    expect(looks).toBe(1);
    gate.resolve();
    await eventually(() => expect(news()).toEqual([12, 13, 14]));
    expect(looks).toBe(2);
  });

  it("finds what was lost with the connection, although nothing newer is notified", async () => {
    [11, 12, 13].forEach(lose);
    await feed.look();
    expect(news()).toEqual([11, 12, 13]);
  });

  it("tells that anything may be missing when there is too much, and goes on behind it", async () => {
    for (let seq = 11; seq <= 11 + MISSED_LIMIT; seq += 1) lose(seq);
    const next = 12 + MISSED_LIMIT;
    commit(next);
    await eventually(() => expect(feed.lastSeq).toBe(next));
    expect(news()).toEqual(["unknown"]);
    commit(next + 1);
    expect(news()).toEqual(["unknown", next + 1]);
  });

  it("keeps no more than so many notifications meanwhile: the rest is in the table", async () => {
    gate = defer();
    commit(12);
    const end = 12 + 2 * MISSED_LIMIT;
    for (let seq = 13; seq <= end; seq += 1) commit(seq);
    gate.resolve();
    await feed.look();
    expect(feed.lastSeq).toBe(end);
    // Nothing twice and nothing out of order; what was too much is told as such.
    const seqs = news().filter((seq) => seq !== "unknown");
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs.length === end - 11 || news().includes("unknown")).toBe(true);
  });

  it("begins anew when the feed's end has moved back: another database stands there", async () => {
    commit(11);
    table = [3];
    await feed.look();
    expect(news()).toEqual([11, "unknown"]);
    expect(feed.lastSeq).toBe(3);
    commit(4);
    expect(news()).toEqual([11, "unknown", 4]);
  });

  it("is repeated when it fails, while nothing newer passes", async () => {
    failures = 2;
    lose(11);
    commit(12);
    await eventually(() => expect(news()).toEqual([11, 12]));
    expect(looks).toBe(3);
  });

  it("that fails for good leaves an unknown loss behind, and the feed goes on", async () => {
    failures = Number.POSITIVE_INFINITY;
    lose(11);
    commit(12);
    await eventually(() => expect(news()).toEqual(["unknown", 12]));
    failures = 0;
    commit(13);
    expect(news()).toEqual(["unknown", 12, 13]);
  });
});
