import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createListeners, type Listeners } from "#server/utils/changes/create-listeners";
import { createWakeup, WAITERS_PER_KEY } from "#server/utils/changes/create-wakeup";
import type { Change } from "#server/utils/context";
import { createRecordingLog } from "../../helpers/recording-log";

const CHANGE: Change = {
  seq: 1,
  kind: "message",
  direction: "inbound",
  phoneNumberId: "number",
  conversationId: "conversation",
  messageId: "message",
  ownerClientId: "ann",
};

let listeners: Listeners;
let caller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  listeners = createListeners(createRecordingLog().log);
  caller = new AbortController();
});
afterEach(() => vi.useRealTimers());

const open = (keyId = "key") =>
  createWakeup({
    changes: { ...listeners, lastSeq: 0 },
    keyId,
    ids: ["number"],
    concerns: ({ ownerClientId }) => ownerClientId === "ann",
    signal: caller.signal,
    timeoutMs: 1000,
  });
const opened = () => {
  const wakeup = open();
  if (!wakeup) throw new Error("there was no room");
  return wakeup;
};

describe("a wakeup", () => {
  it("comes with a change, and once for many that came before anybody waited", async () => {
    const wakeup = opened();
    const waiting = wakeup.next();
    listeners.tell(CHANGE);
    expect(await waiting).toBe("changed");
    for (let times = 0; times < 100; times += 1) listeners.tell(CHANGE);
    expect(await wakeup.next()).toBe("changed");
    const again = wakeup.next();
    vi.advanceTimersByTime(1000);
    expect(await again).toBe("late");
  });

  it("comes when anything may have changed", async () => {
    const wakeup = opened();
    listeners.tell(undefined);
    expect(await wakeup.next()).toBe("changed");
  });

  it("does not come for what is another's, or elsewhere", async () => {
    const waiting = opened().next();
    listeners.tell({ ...CHANGE, ownerClientId: "bob" });
    listeners.tell({ ...CHANGE, phoneNumberId: "another" });
    vi.advanceTimersByTime(1000);
    expect(await waiting).toBe("late");
  });

  it("tells of a change before it tells that it is late, and always that the caller is gone", async () => {
    const wakeup = opened();
    listeners.tell(CHANGE);
    vi.advanceTimersByTime(1000);
    expect(await wakeup.next()).toBe("changed");
    expect(await wakeup.next()).toBe("late");
    listeners.tell(CHANGE);
    caller.abort();
    expect(await wakeup.next()).toBe("gone");
  });

  it("comes at once when the caller leaves", async () => {
    const waiting = opened().next();
    caller.abort();
    expect(await waiting).toBe("gone");
  });

  it("leaves nothing behind when it ends", () => {
    const remove = vi.spyOn(caller.signal, "removeEventListener");
    opened().end();
    expect([listeners.size, vi.getTimerCount(), remove.mock.calls.length]).toEqual([0, 0, 1]);
  });

  it("has room for so many of one key, whatever other keys do", () => {
    const all = Array.from({ length: WAITERS_PER_KEY }, () => opened());
    expect(open()).toBeUndefined();
    expect(open("another key")).toBeDefined();
    all[0]?.end();
    expect(open()).toBeDefined();
    expect(open()).toBeUndefined();
  });
});
