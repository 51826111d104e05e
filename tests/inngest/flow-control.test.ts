import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeEngines } from "./helpers/describe-engines";
import { serveApp } from "./helpers/serve-app";

/** Long enough for two calls to overlap if they may. */
const WORK_MS = 150;
const work = () => pause(WORK_MS);
/** Long enough for two calls to begin if they may, on a busy machine. */
const OVERLAP_WITHIN_MS = 5_000;

describeEngines("flow control", (engine) => {
  it("never has two calls of one concurrency key in flight, and does let two keys overlap", async () => {
    const inFlight = new Map<string, number>();
    let letGo = (): void => {};
    const bothBegan = new Promise<void>((resolve) => (letGo = resolve));
    let most = 0;
    let mostOfAll = 0;
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "exclusive",
          retries: 0,
          triggers: [{ event: "exclusive" }],
          concurrency: { key: "event.data.key", limit: 1 },
        },
        async ({ event, step }) => {
          const key = String(event.data["key"]);
          await step.run("work", async () => {
            inFlight.set(key, (inFlight.get(key) ?? 0) + 1);
            most = Math.max(most, inFlight.get(key) ?? 0);
            mostOfAll = Math.max(
              mostOfAll,
              [...inFlight.values()].reduce((sum, count) => sum + count, 0),
            );
            if (inFlight.size === 2) letGo();
            // The first piece waits for the other key's.
            await Promise.race([bothBegan, pause(OVERLAP_WITHIN_MS)]);
            await work();
            inFlight.set(key, (inFlight.get(key) ?? 0) - 1);
          });
          mark(`${key}${event.data["n"]}`);
        },
      ),
    ]);
    const events = ["a", "b"].flatMap((key) =>
      [1, 2, 3].map((n) => ({ name: "exclusive", data: { key, n } })),
    );
    await app.client.send(events);
    await app.until((seen) => expect(seen).toHaveLength(6));
    expect(most).toBe(1);
    expect(mostOfAll).toBe(2);
  });

  it("keeps to a function's limit and does not count sleeping runs", { timeout: 120_000 }, async () => {
    let inFlight = 0;
    let most = 0;
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "limited", retries: 0, triggers: [{ event: "limited" }], concurrency: 2 },
        async ({ event, step }) => {
          await step.run("work", async () => {
            most = Math.max(most, ++inFlight);
            await work();
            inFlight--;
          });
          await step.run("start", () => mark(`start ${event.data["n"]}`));
          await step.sleep("while", "10s");
          mark(`end ${event.data["n"]}`);
        },
      ),
    ]);
    await app.client.send([1, 2, 3, 4].map((n) => ({ name: "limited", data: { n } })));
    await app.until((seen) => expect(seen).toHaveLength(8), 40_000);
    expect(most).toBeLessThanOrEqual(2);
    // All four were asleep together, with two places.
    expect(
      app
        .seen()
        .slice(0, 4)
        .every((mark) => mark.startsWith("start")),
    ).toBe(true);
  });

  it("spaces throttled runs and loses none", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "throttled",
          retries: 0,
          triggers: [{ event: "throttled" }],
          throttle: { limit: 2, period: "2s", burst: 1 },
        },
        ({ event }) => mark(String(event.data["n"])),
      ),
    ]);
    await app.client.send([1, 2, 3, 4, 5].map((n) => ({ name: "throttled", data: { n } })));
    await app.until((seen) => expect(seen.toSorted()).toEqual(["1", "2", "3", "4", "5"]));
    const [first, , , , last] = app.marks.map((mark) => mark.atMs) as [
      number,
      number,
      number,
      number,
      number,
    ];
    // At most three at once, then one per second.
    expect(last - first).toBeGreaterThan(1000);
  });

  it("drops runs over a rate limit", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "rated",
          retries: 0,
          triggers: [{ event: "rated" }],
          rateLimit: { limit: 1, period: "60s", key: "event.data.key" },
        },
        ({ event }) => mark(String(event.data["key"])),
      ),
    ]);
    for (const key of ["a", "a", "b", "a"]) await app.client.send({ name: "rated", data: { key } });
    await app.until((seen) => expect(seen.toSorted()).toEqual(["a", "b"]));
  });

  it("lets a run of higher priority go first", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "ranked",
          retries: 0,
          triggers: [{ event: "ranked" }],
          concurrency: 1,
          priority: { run: "event.data.vip == true ? 120 : 0" },
        },
        async ({ event, step }) => {
          await step.run("work", async () => {
            mark(String(event.data["n"]));
            await new Promise((resolve) => setTimeout(resolve, 400));
          });
        },
      ),
    ]);
    await app.client.send({ name: "ranked", data: { n: "first" } });
    await app.until((seen) => expect(seen).toEqual(["first"]));
    await app.client.send([1, 2, 3].map((n) => ({ name: "ranked", data: { n } })));
    await app.client.send({ name: "ranked", data: { n: "vip", vip: true } });
    await app.until((seen) => expect(seen).toHaveLength(5));
    expect(app.seen().indexOf("vip")).toBeLessThan(4);
    expect(app.seen().indexOf("vip")).toBeLessThan(app.seen().indexOf("3"));
  });
});
