import { describe, expect, it } from "vitest";
import type { Database } from "#db/client";
import { createQueueReader } from "#server/utils/metrics/create-queue-reader";
import type { QueueState } from "#server/utils/metrics/queue-state";

const STATE = { dueEvents: 7 } as QueueState;

/** A database whose answers a test gives, one after the other. */
function open() {
  const asked: { resolve: (state: QueueState) => void; reject: (error: Error) => void }[] = [];
  const asSystem = () => new Promise((resolve, reject) => asked.push({ resolve, reject }));
  let nowMs = 0;
  const read = createQueueReader({
    database: { asSystem } as unknown as Pick<Database, "asSystem">,
    clock: { now: () => new Date(0) },
    nowMs: () => nowMs,
    timeoutMs: 20,
  });
  return { asked, read, pass: (ms: number) => (nowMs += ms) };
}

describe("createQueueReader", () => {
  it("asks once for scrapes that come at the same time, and again after five seconds", async () => {
    const { asked, read, pass } = open();
    const readings = [read(), read()];
    asked[0]?.resolve(STATE);
    for (const { state } of await Promise.all(readings)) expect(state).toBe(STATE);
    pass(4_999);
    await read();
    expect(asked).toHaveLength(1);
    pass(1);
    const next = read();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve(STATE);
    await next;
  });

  it("has no state after a failure, and asks no sooner for that", async () => {
    const { asked, read, pass } = open();
    const reading = read();
    asked[0]?.reject(new Error("away"));
    expect((await reading).state).toBeUndefined();
    pass(4_999);
    expect((await read()).state).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it("gives up a question that hangs, and begins no other while it does", async () => {
    const { asked, read, pass } = open();
    expect((await read()).state).toBeUndefined();
    pass(60_000);
    expect((await read()).state).toBeUndefined();
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(STATE);
    await new Promise(setImmediate);
    const next = read();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve(STATE);
    expect((await next).state).toBe(STATE);
  });
});
