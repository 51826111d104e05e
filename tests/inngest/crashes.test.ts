import { describe, expect, it, vi } from "vitest";
import { openLab } from "./helpers/open-lab";
import { serveApp } from "./helpers/serve-app";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.concurrent("the embedded engine after kill -9", () => {
  it("wakes a run that slept, without repeating its steps", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        { id: "sleeper", retries: 0, triggers: [{ event: "sleep" }] },
        async ({ step }) => {
          await step.run("before", () => mark("before"));
          await step.sleep("while", "5s");
          mark("after");
        },
      ),
    ]);
    await app.client.send({ name: "sleep" });
    await vi.waitFor(async () => expect(await stats(engine.url)).toMatchObject({ waiting: 1 }), {
      timeout: 10_000,
    });
    await lab.replace(engine);
    await app.until((seen) => expect(seen).toEqual(["before", "after"]));
  });

  it("runs the step that was under way again, as the same attempt, and only that one", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        { id: "worker", retries: 0, triggers: [{ event: "work" }] },
        async ({ step, attempt }) => {
          await step.run("before", () => mark("before"));
          await step.run("under way", async () => {
            mark(`under way ${attempt}`);
            await pause(300);
          });
          await step.run("after", () => mark("after"));
        },
      ),
    ]);
    await app.client.send({ name: "work" });
    await app.until((seen) => expect(seen).toEqual(["before", "under way 0"]));
    await lab.replace(engine);
    await app.until((seen) => expect(seen).toContain("after"));
    expect(app.seen()).toEqual(["before", "under way 0", "under way 0", "after"]);
  });

  it("ends a wait with an event that comes after the restart", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction({ id: "waiter", retries: 0, triggers: [{ event: "wait" }] }, async ({ step }) => {
        await step.run("before", () => mark("before"));
        const gone = await step.waitForEvent("gone", { event: "never", timeout: "1s" });
        const event = await step.waitForEvent("wait", {
          event: "go",
          timeout: "60s",
          if: "async.data.n == event.data.n",
        });
        mark(`after ${gone} ${event?.data["text"]}`);
      }),
    ]);
    await app.client.send({ name: "wait", data: { n: 1 } });
    await vi.waitFor(async () => expect(await stats(engine.url)).toMatchObject({ waiting: 1 }), {
      timeout: 10_000,
    });
    await lab.replace(engine);
    await app.sendUntil({ name: "go", data: { n: 1, text: "hello" } }, (seen) =>
      expect(seen).toEqual(["before", "after null hello"]),
    );
  });

  it("keeps every event it has answered for", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        { id: "kept", retries: 0, triggers: [{ event: "kept" }] },
        async ({ event, step }) => {
          await step.run("first", () => pause(20));
          await step.run("second", () => mark(String(event.data["n"])));
        },
      ),
    ]);
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    await app.client.send(numbers.map((n) => ({ name: "kept", data: { n } })));
    await app.until((seen) => expect(seen.length).toBeGreaterThan(5));
    const second = await lab.replace(engine);
    await app.until((seen) => expect(new Set(seen).size).toBeGreaterThan(30));
    await lab.replace(second);
    await app.until((seen) => expect(new Set(seen)).toEqual(new Set(numbers.map(String))));
    await vi.waitFor(
      async () => expect(await stats(engine.url)).toMatchObject({ completed: 60, failed: 0 }),
      {
        timeout: 10_000,
      },
    );
  });

  it("starts nothing twice for a request or an event id repeated after the restart", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction({ id: "once", retries: 0, triggers: [{ event: "once" }] }, ({ event }) =>
        mark(String(event.data["n"])),
      ),
    ]);
    const request = {
      method: "POST",
      headers: { "x-inngest-event-id-seed": `${Date.now()},${Buffer.alloc(10, 7).toString("base64")}` },
      body: JSON.stringify([
        { name: "once", data: { n: 1 } },
        { name: "once", data: { n: 2 }, id: "given" },
      ]),
    };
    const first = (await (await fetch(`${engine.url}/e/key`, request)).json()) as { ids: string[] };
    await lab.replace(engine);
    const again = (await (await fetch(`${engine.url}/e/key`, request)).json()) as { ids: string[] };
    expect(again.ids).toEqual(first.ids);
    await app.client.send({ name: "once", data: { n: 3 }, id: "given" });
    await app.client.send({ name: "once", data: { n: 4 } });
    await app.until((seen) => expect(seen.toSorted()).toEqual(["1", "2", "4"]));
  });

  it("ends within seconds on SIGTERM though a step hangs, and the step runs again", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    let hang = true;
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        { id: "hanging", retries: 0, triggers: [{ event: "hang" }] },
        async ({ step }) => {
          await step.run("hang", async () => {
            mark("step");
            if (hang) await pause(30_000);
          });
          mark("end");
        },
      ),
    ]);
    await app.client.send({ name: "hang" });
    await app.until((seen) => expect(seen).toEqual(["step"]));
    hang = false;
    const start = performance.now();
    expect(await engine.process.end("SIGTERM")).toBe(0);
    expect(performance.now() - start).toBeLessThan(8000);
    await lab.replace(engine);
    await app.until((seen) => expect(seen).toEqual(["step", "step", "end"]));
  });
});

async function stats(url: string): Promise<unknown> {
  return (await fetch(`${url}/local/stats`)).json();
}
