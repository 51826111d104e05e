import { describe, expect, it, vi } from "vitest";
import { openLab } from "./helpers/open-lab";
import { createClient, serveApp } from "./helpers/serve-app";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.concurrent("two embedded engines on one database", () => {
  it("share the runs, each once, within the concurrency limit of both together", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const [one, other] = await Promise.all([lab.start(), lab.start()]);
    let inFlight = 0;
    let most = 0;
    const app = await serveApp(one, (client, mark) => [
      client.createFunction(
        { id: "shared", retries: 0, triggers: [{ event: "shared" }], concurrency: 3 },
        async ({ event, step }) => {
          await step.run("work", async () => {
            most = Math.max(most, ++inFlight);
            await pause(20);
            inFlight--;
          });
          await step.run("mark", () => mark(String(event.data["n"])));
        },
      ),
    ]);
    const clients = [app.client, createClient(other, app.client.id)];
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) => clients[n % 2]?.send({ name: "shared", id: `id-${n}`, data: { n } })),
    );
    await Promise.all(
      numbers.map((n) => clients[(n + 1) % 2]?.send({ name: "shared", id: `id-${n}`, data: { n } })),
    );
    await app.until((seen) => expect(seen).toHaveLength(40));
    expect(app.seen().toSorted()).toEqual(numbers.map(String).toSorted());
    expect(most).toBeLessThanOrEqual(3);
  });

  it("take over from one that was killed", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const [one, other] = await Promise.all([lab.start(), lab.start()]);
    const app = await serveApp(other, (client, mark) => [
      client.createFunction(
        { id: "taken", retries: 0, triggers: [{ event: "taken" }] },
        async ({ event, step }) => {
          await step.run("work", () => pause(50));
          await step.sleep("while", "1s");
          mark(String(event.data["n"]));
        },
      ),
    ]);
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    await createClient(one, app.client.id).send(numbers.map((n) => ({ name: "taken", data: { n } })));
    await one.kill();
    await app.until((seen) => expect(new Set(seen)).toEqual(new Set(numbers.map(String))), 25_000);
  });

  it("fire each tick of a cron once, with an engine killed in between", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const [one] = await Promise.all([lab.start(), lab.start()]);
    const app = await serveApp(one, (client, mark) => [
      client.createFunction(
        { id: "ticking", retries: 0, triggers: [{ cron: "TZ=Europe/Paris * * * * * *" }] },
        ({ event, runId }) => mark(`${event.name} ${event.id} ${runId}`),
      ),
    ]);
    const ticks = (): Set<string | undefined> => new Set(app.seen().map((mark) => mark.split(" ")[1]));
    await app.until(() => expect(ticks().size).toBeGreaterThanOrEqual(2));
    await lab.replace(one);
    const before = ticks().size;
    await app.until(() => expect(ticks().size).toBeGreaterThanOrEqual(before + 3));
    // A call cut off by the kill is repeated, so runs are counted, not calls.
    const runs = [...new Set(app.seen())].map((mark) => mark.split(" "));
    expect(runs).toHaveLength(ticks().size);
    for (const [name, tick] of runs) {
      expect(name).toBe("inngest/scheduled.timer");
      expect(tick).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000Z$/);
    }
  });

  it("stop a cron that is no longer registered", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction({ id: "ticking", retries: 0, triggers: [{ cron: "* * * * * *" }] }, () =>
        mark("tick"),
      ),
    ]);
    await app.until((seen) => expect(seen.length).toBeGreaterThanOrEqual(1));
    await serveApp(
      engine,
      (client) => [client.createFunction({ id: "other", retries: 0 }, () => undefined)],
      {
        id: app.client.id,
      },
    );
    const ticks = app.seen().length;
    const end = performance.now() + 1500;
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(end), { timeout: 3000 });
    expect(app.seen().length).toBeLessThanOrEqual(ticks + 1);
  });
});
