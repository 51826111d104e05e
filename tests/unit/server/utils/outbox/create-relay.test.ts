import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "#db/client";
import { createRelay, type Relay } from "#server/utils/outbox/create-relay";
import * as store from "#server/utils/outbox/store";
import { defer, type Deferred } from "../../helpers/defer";
import { createRecordingLog } from "../../helpers/recording-log";

vi.mock("#server/utils/outbox/store");

type Event = store.OutboxEvent;

const event = (id: string): Event => ({ id, name: "wa/message.queued", data: {} });
const claim = vi.mocked(store.claimOutboxEvents);
const announce = vi.mocked(store.announceInbox);

let queue: Event[];
let sendEvents: ReturnType<typeof vi.fn<(events: readonly Event[]) => Promise<void>>>;
let lines: string[];
let relay: Relay;

beforeEach(() => {
  vi.useFakeTimers();
  queue = [];
  announce.mockReset().mockResolvedValue(0);
  claim.mockReset().mockImplementation(async (_tx, _now, limit) => queue.splice(0, limit));
  vi.mocked(store.markOutboxSent).mockReset().mockResolvedValue(undefined);
  vi.mocked(store.releaseOutboxEvents).mockReset().mockResolvedValue(undefined);
  sendEvents = vi.fn<(events: readonly Event[]) => Promise<void>>().mockResolvedValue(undefined);
  const recording = createRecordingLog();
  lines = recording.lines;
  const database = {
    asSystem: (work: (tx: unknown) => unknown) => work({}),
    system: {},
  } as unknown as Database;
  relay = createRelay({
    database,
    clock: { now: () => new Date() },
    log: recording.log,
    sendEvents: (events) => sendEvents(events),
  });
});

afterEach(async () => {
  await relay.stop();
  vi.useRealTimers();
});

const sent = (): string[][] => sendEvents.mock.calls.map(([events]) => events.map(({ id }) => id));
const marked = (): string[][] => vi.mocked(store.markOutboxSent).mock.calls.map(([, ids]) => ids);
/** Lets everything happen that needs no time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function startIdle(): Promise<void> {
  relay.start();
  await settle();
}

/** Makes the next hand-over wait until the test ends it. */
function holdNext(): Deferred<void> {
  const held = defer();
  sendEvents.mockReturnValueOnce(held.promise);
  return held;
}

describe("createRelay", () => {
  it("hands over what is there when it starts, and marks it only when it was taken", async () => {
    queue.push(event("a"), event("b"));
    const held = holdNext();
    relay.start();
    await settle();
    expect(sent()).toEqual([["a", "b"]]);
    expect(marked()).toEqual([]);
    held.resolve();
    await settle();
    expect(marked()).toEqual([["a", "b"]]);
  });

  it("hands over at once when it is woken, without waiting for its next look", async () => {
    await startIdle();
    queue.push(event("a"));
    relay.wake();
    await settle();
    expect(sent()).toEqual([["a"]]);
  });

  it("looks by itself for what another process left", async () => {
    await startIdle();
    queue.push(event("a"));
    await vi.advanceTimersByTimeAsync(499);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([["a"]]);
  });

  it("has one hand-over under way at most, and gathers what is woken meanwhile into the next", async () => {
    await startIdle();
    const held = holdNext();
    queue.push(event("a"));
    relay.wake();
    await settle();
    for (const id of ["b", "c", "d"]) {
      queue.push(event(id));
      relay.wake();
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent()).toEqual([["a"]]);
    held.resolve();
    await settle();
    expect(sent()).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("looks again when it is woken between its last look and its end", async () => {
    await startIdle();
    const looked = defer<Event[]>();
    claim.mockReturnValueOnce(looked.promise);
    relay.wake();
    await settle();
    // It has seen nothing, and this comes after.
    queue.push(event("late"));
    relay.wake();
    looked.resolve([]);
    await settle();
    expect(sent()).toEqual([["late"]]);
  });

  it("goes on until nothing is left, in batches", async () => {
    queue.push(...Array.from({ length: 450 }, (_, index) => event(String(index))));
    await startIdle();
    expect(sent().map(({ length }) => length)).toEqual([200, 200, 50]);
  });

  it("goes on while there were bodies to announce", async () => {
    announce.mockResolvedValueOnce(1_000).mockResolvedValueOnce(3);
    await startIdle();
    expect(announce).toHaveBeenCalledTimes(3);
  });

  it("gives events back when they were not taken, and backs off ever longer, up to 15 seconds", async () => {
    sendEvents.mockRejectedValue(new Error("Inngest is away"));
    const triedAt: number[] = [];
    claim.mockImplementation(async () => {
      triedAt.push(Date.now());
      return [event("a")];
    });
    relay.start();
    await vi.advanceTimersByTimeAsync(60_000);
    const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
    expect(pauses.slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(store.releaseOutboxEvents).toHaveBeenCalledTimes(triedAt.length);
    expect(vi.mocked(store.releaseOutboxEvents).mock.calls[0]?.[1]).toEqual(["a"]);
    expect(marked()).toEqual([]);
    expect(lines).toEqual(["the relay cannot hand events over: Error: Inngest is away"]);
  });

  it("asks an Inngest that is away for an hour four times a minute at most, and then hands everything over once", async () => {
    const waiting = Array.from({ length: 450 }, (_, index) => event(String(index)));
    const taken: string[] = [];
    let isAway = true;
    sendEvents.mockImplementation(async (events) => {
      if (isAway) throw new Error("Inngest is away");
      taken.push(...events.map(({ id }) => id));
    });
    claim.mockImplementation(async (_tx, _now, limit) =>
      waiting.filter(({ id }) => !taken.includes(id)).slice(0, limit),
    );
    relay.start();
    for (let minute = 0; minute < 60; minute += 1) {
      relay.wake();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(sendEvents.mock.calls.length).toBeLessThanOrEqual(60 * 4 + 8);
    expect(lines).toHaveLength(1);
    isAway = false;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(taken).toHaveLength(450);
    expect(new Set(taken).size).toBe(450);
  });

  it("does not let a wake-up cut a back-off short", async () => {
    sendEvents.mockRejectedValueOnce(new Error("away"));
    queue.push(event("a"));
    await startIdle();
    queue.push(event("b"));
    relay.wake();
    await vi.advanceTimersByTimeAsync(499);
    expect(sent()).toEqual([["a"]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([["a"], ["b"]]);
  });

  it("is as quick as before after a failure is over, also when there was nothing to do just then", async () => {
    claim.mockRejectedValueOnce(new Error("the database is away"));
    await startIdle();
    await vi.advanceTimersByTimeAsync(500);
    expect(claim).toHaveBeenCalledTimes(2);
    queue.push(event("a"));
    relay.wake();
    await settle();
    expect(sent()).toEqual([["a"]]);
  });

  it("ends after the hand-over that is under way, however much is left", async () => {
    queue.push(...Array.from({ length: 1_000 }, (_, index) => event(String(index))));
    const held = holdNext();
    await startIdle();
    relay.wake();
    const ended = vi.fn();
    const stopping = relay.stop().then(ended);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).not.toHaveBeenCalled();
    held.resolve();
    await stopping;
    expect(sent()).toHaveLength(1);
    expect(marked()).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does nothing before its start and after its end", async () => {
    queue.push(event("a"));
    relay.wake();
    await vi.advanceTimersByTimeAsync(2_000);
    relay.start();
    await relay.stop();
    sendEvents.mockClear();
    queue.push(event("b"));
    relay.wake();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent()).toEqual([]);
  });
});
