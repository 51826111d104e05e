import type { EventPayload } from "inngest";
import { expect, it, vi } from "vitest";
import { describeEngines } from "./helpers/describe-engines";
import { serveApp } from "./helpers/serve-app";

describeEngines("triggers", (engine) => {
  it("starts every function of an event whose condition holds", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "large", retries: 0, triggers: [{ event: "order", if: "event.data.amount >= 100" }] },
        ({ event }) => mark(`large ${event.data["amount"]}`),
      ),
      client.createFunction(
        {
          id: "any",
          retries: 0,
          triggers: [{ event: "order" }, { event: "refund", if: "event.data.kind == 'full'" }],
        },
        ({ event }) => mark(`${event.name} ${event.data["amount"]}`),
      ),
    ]);
    await app.client.send([
      { name: "order", data: { amount: 5 } },
      { name: "order", data: { amount: 100 } },
      { name: "order", data: {} },
      { name: "refund", data: { amount: 1, kind: "part" } },
      { name: "refund", data: { amount: 2, kind: "full" } },
      { name: "unknown", data: {} },
    ]);
    await app.until((seen) => expect(seen).toHaveLength(5));
    expect(app.seen().toSorted()).toEqual([
      "large 100",
      "order 100",
      "order 5",
      "order undefined",
      "refund 2",
    ]);
  });

  it("starts one run for events with one id", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction({ id: "once", retries: 0, triggers: [{ event: "once" }] }, ({ event }) =>
        mark(String(event.id)),
      ),
    ]);
    const id = `${app.client.id}-1`;
    const last = `${app.client.id}-2`;
    for (let n = 0; n < 3; n++) {
      const { ids } = await app.client.send({ name: "once", id, data: { n } });
      expect(ids).toHaveLength(1);
    }
    await app.client.send([
      { name: "once", id: last },
      { name: "once", id: last },
    ]);
    await app.until((seen) => expect(seen).toContain(last));
    await stays(() => expect(app.seen().toSorted()).toEqual([id, last]));
  });

  it("starts one run for events with one idempotency key", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "keyed", retries: 0, idempotency: "event.data.order", triggers: [{ event: "keyed" }] },
        ({ event }) => mark(String(event.data["order"])),
      ),
    ]);
    for (const order of ["a", "a", "b", "a"]) await app.client.send({ name: "keyed", data: { order } });
    await app.until((seen) => expect(seen.length).toBeGreaterThanOrEqual(2));
    await stays(() => expect(app.seen().toSorted()).toEqual(["a", "b"]));
  });

  it("holds an event back until its time", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction({ id: "timed", retries: 0, triggers: [{ event: "timed" }] }, ({ event }) =>
        mark(`late by ${Date.now() - (event.ts ?? 0)}`),
      ),
    ]);
    await app.client.send({ name: "timed", ts: Date.now() + 2000 });
    await app.until((seen) => expect(seen).toHaveLength(1));
    const lateMs = Number(app.seen()[0]?.replace("late by ", ""));
    expect(lateMs).toBeGreaterThan(-100);
    expect(lateMs).toBeLessThan(5000);
  });

  it("cancels the run whose key matches, and no other", { timeout: 120_000 }, async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "cancellable",
          retries: 0,
          triggers: [{ event: "cancellable" }],
          cancelOn: [{ event: "cancel", if: "async.data.order == event.data.order" }],
        },
        async ({ event, step }) => {
          await step.run("start", () => mark(`start ${event.data["order"]}`));
          await step.sleep("while", "8s");
          mark(`end ${event.data["order"]}`);
        },
      ),
    ]);
    await app.client.send(["a", "b"].map((order) => ({ name: "cancellable", data: { order } })));
    await app.until((seen) => expect(seen.toSorted()).toEqual(["start a", "start b"]));
    await app.client.send({ name: "cancel", data: { order: "a" } });
    await app.until((seen) => expect(seen).toContain("end b"), 40_000);
    await stays(() => expect(app.seen()).not.toContain("end a"));
  });

  it("cancels a run that takes longer than it may", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "bounded", retries: 0, triggers: [{ event: "bounded" }], timeouts: { finish: "1s" } },
        async ({ step }) => {
          await step.run("start", () => mark("start"));
          await step.sleep("while", "2s");
          await step.run("late", () => mark("late"));
        },
      ),
    ]);
    await app.client.send({ name: "bounded" });
    await app.until((seen) => expect(seen).toEqual(["start"]));
    await stays(() => expect(app.seen()).toEqual(["start"]), 2500);
  });

  it("collects events into batches by key", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "batch",
          retries: 0,
          triggers: [{ event: "batch" }],
          batchEvents: { maxSize: 3, timeout: "2s", key: "event.data.key" },
        },
        ({ events }) =>
          mark(
            events
              .map((event: EventPayload) => `${event.data?.["key"]}${event.data?.["n"]}`)
              .toSorted()
              .join(" "),
          ),
      ),
    ]);
    // In one request: the time between several could be longer than a batch waits.
    const keys = ["a1", "b1", "a2", "a3", "a4"];
    await app.client.send(keys.map(([key, n]) => ({ name: "batch", data: { key, n: Number(n) } })));
    await app.until((seen) => expect(seen).toHaveLength(3));
    // A real server may mix up the order, so which three of key a come first is left open.
    const sizes = app.seen().map((batch) => `${batch[0]}${batch.split(" ").length}`);
    expect(sizes.toSorted()).toEqual(["a1", "a3", "b1"]);
  });

  it("runs once for the last of a burst when debounced", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "debounced",
          retries: 0,
          triggers: [{ event: "debounced" }],
          debounce: { period: "5s", key: "event.data.key" },
        },
        ({ event }) => mark(`${event.data["key"]}${event.data["n"]}`),
      ),
    ]);
    // One by one, because a real server may mix up what comes in one request, and in much less time than the period.
    for (const n of [1, 2, 3]) await app.client.send({ name: "debounced", data: { key: "a", n } });
    await app.client.send({ name: "debounced", data: { key: "b", n: 1 } });
    await app.until((seen) => expect(seen).toHaveLength(2));
    await stays(() => expect(app.seen().toSorted()).toEqual(["a3", "b1"]));
  });

  it("skips a singleton's second run", { timeout: 120_000 }, async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "single",
          retries: 0,
          triggers: [{ event: "single" }],
          singleton: { key: "event.data.key", mode: "skip" },
        },
        async ({ event, step }) => {
          await step.run("start", () => mark(`start ${event.data["key"]}${event.data["n"]}`));
          await step.sleep("while", "10s");
          mark(`end ${event.data["key"]}`);
        },
      ),
    ]);
    await app.client.send({ name: "single", data: { key: "a", n: 1 } });
    await app.until((seen) => expect(seen).toEqual(["start a1"]));
    await app.client.send({ name: "single", data: { key: "a", n: 2 } });
    await app.client.send({ name: "single", data: { key: "b", n: 3 } });
    await app.until((seen) => expect(seen).toEqual(expect.arrayContaining(["end a", "end b"])), 40_000);
    expect(app.seen()).not.toContain("start a2");
  });
});

/** Look for a while: what must not happen would have happened by then. */
async function stays(check: () => void, forMs = 700): Promise<void> {
  const end = performance.now() + forMs;
  await vi.waitFor(
    () => {
      check();
      expect(performance.now()).toBeGreaterThan(end);
    },
    { timeout: 5000, interval: 50 },
  );
}
