import { expect, it } from "vitest";
import { describeEngines } from "./helpers/describe-engines";
import { serveApp } from "./helpers/serve-app";

describeEngines("steps", (engine) => {
  it("runs steps once each and hands their results on", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "chain", retries: 0, triggers: [{ event: "chain" }] },
        async ({ event, step }) => {
          const first = await step.run("first", () => {
            mark("first");
            return { n: 1, text: "ä\u0000😀", big: 1e21, nothing: null };
          });
          const second = await step.run("second", () => {
            mark("second");
            return first.n + 1;
          });
          const again = await step.run("second", () => "same name, next index");
          mark(JSON.stringify({ first, second, again, data: event.data }));
          return "done";
        },
      ),
    ]);
    await app.client.send({ name: "chain", data: { given: "\u0000 and €", list: [1, 2.5] } });
    await app.until((seen) => expect(seen).toHaveLength(3));
    expect(app.seen().slice(0, 2)).toEqual(["first", "second"]);
    expect(JSON.parse(app.seen()[2] ?? "")).toEqual({
      first: { n: 1, text: "ä\u0000😀", big: 1e21, nothing: null },
      second: 2,
      again: "same name, next index",
      data: { given: "\u0000 and €", list: [1, 2.5] },
    });
  });

  it("sleeps for a time and until a date", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction({ id: "sleep", retries: 0, triggers: [{ event: "sleep" }] }, async ({ step }) => {
        await step.run("start", () => mark("start"));
        await step.sleep("a second", "1s");
        await step.run("woken", () => mark("woken"));
        await step.sleepUntil("a date", new Date(Date.now() + 1000));
        await step.sleepUntil("a past date", new Date(Date.now() - 60_000));
        mark("end");
      }),
    ]);
    await app.client.send({ name: "sleep" });
    await app.until((seen) => expect(seen).toEqual(["start", "woken", "end"]));
    const [start, woken] = app.marks;
    expect(woken!.atMs - start!.atMs).toBeGreaterThanOrEqual(900);
  });

  it("runs parallel steps once each and goes on after all of them", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "parallel", retries: 0, triggers: [{ event: "parallel" }] },
        async ({ step }) => {
          const results = await Promise.all(
            ["a", "b", "c"].map((name, index) =>
              step.run(name, async () => {
                mark(name);
                await new Promise((resolve) => setTimeout(resolve, index * 100));
                return name.toUpperCase();
              }),
            ),
          );
          await step.run("after", () => mark(`after ${results.join("")}`));
        },
      ),
    ]);
    await app.client.send({ name: "parallel" });
    await app.until((seen) => expect(seen).toContain("after ABC"));
    expect(app.seen().toSorted()).toEqual(["a", "after ABC", "b", "c"]);
  });

  it("goes on after the first of racing steps", async () => {
    let release = (): void => {};
    const slow = new Promise<string>((resolve) => {
      release = () => resolve("slow");
    });
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "race", retries: 0, triggers: [{ event: "race" }] },
        async ({ step, group }) => {
          const winner = await group.parallel({ mode: "race" }, () =>
            Promise.race([step.run("slow", () => slow), step.run("quick", () => "quick")]),
          );
          await step.run("after", () => mark(`after ${winner}`));
        },
      ),
    ]);
    await app.client.send({ name: "race" });
    await app.until((seen) => expect(seen).toEqual(["after quick"]));
    release();
  });

  it("keeps chains beside a sleep and a wait apart, each step once", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "mixed", retries: 0, triggers: [{ event: "mixed" }] },
        async ({ event, step }) => {
          const work = async () => {
            await step.run("work one", () => mark("one"));
            await step.run("work two", () => mark("two"));
          };
          const nap = async () => {
            await step.sleep("nap", "1s");
            await step.run("after nap", () => mark("nap"));
          };
          const wait = async () => {
            const { key } = event.data;
            await step.waitForEvent("wait", {
              event: "mixed.go",
              timeout: "20s",
              if: `async.data.key == "${key}"`,
            });
            await step.run("after wait", () => mark("wait"));
          };
          await Promise.all([work(), nap(), wait()]);
          mark("end");
        },
      ),
    ]);
    await app.client.send({ name: "mixed", data: { key: app.client.id } });
    await app.until((seen) => expect(seen).toContain("nap"));
    const go = { name: "mixed.go", data: { key: app.client.id } };
    await app.sendUntil(go, (seen) => expect(seen).toContain("end"));
    expect(app.seen().toSorted()).toEqual(["end", "nap", "one", "two", "wait"]);
  });

  it("waits for the matching event, or for the time to pass", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction({ id: "wait", retries: 0, triggers: [{ event: "order" }] }, async ({ step }) => {
        await step.run("start", () => mark("start"));
        const paid = await step.waitForEvent("paid", {
          event: "order.paid",
          timeout: "20s",
          if: "async.data.order == event.data.order",
        });
        const never = await step.waitForEvent("never", { event: "order.never", timeout: "1s" });
        mark(JSON.stringify({ name: paid?.name, data: paid?.data, never }));
      }),
    ]);
    const order = app.client.id;
    await app.client.send({ name: "order", data: { order } });
    await app.until((seen) => expect(seen).toEqual(["start"]));
    await app.client.send({ name: "order.paid", data: { order: "another" } });
    const paid = { name: "order.paid", data: { order, amount: 5 } };
    await app.sendUntil(paid, (seen) => expect(seen).toHaveLength(2));
    expect(JSON.parse(app.seen()[1] ?? "")).toEqual({
      name: "order.paid",
      data: { order, amount: 5 },
      never: null,
    });
  });

  it("sends events from a step and invokes another function", async () => {
    const app = await serveApp(engine(), (client, mark) => {
      const double = client.createFunction({ id: "double", retries: 0 }, async ({ event, step }) => {
        return step.run("double", () => (event.data as unknown as { n: number }).n * 2);
      });
      const failing = client.createFunction({ id: "failing", retries: 0 }, () => {
        throw new Error("not today");
      });
      const slow = client.createFunction({ id: "slow", retries: 0 }, ({ step }) => step.sleep("long", "10s"));
      const caller = client.createFunction(
        { id: "caller", retries: 0, triggers: [{ event: "call" }] },
        async ({ step }) => {
          const sent = await step.sendEvent("tell", { name: `told.${client.id}`, data: { n: 1 } });
          const result = await step.invoke("double", { function: double, data: { n: 21 } });
          const error = await step.invoke("fail", { function: failing, data: {} }).then(
            () => "none",
            (reason: Error) => reason.message,
          );
          const late = await step.invoke("late", { function: slow, data: {}, timeout: "1s" }).then(
            () => "none",
            () => "too late",
          );
          mark(`${sent.ids.length} ${result} ${error} ${late}`);
        },
      );
      const listener = client.createFunction(
        { id: "listener", retries: 0, triggers: [{ event: `told.${client.id}` }] },
        ({ event }) => mark(`told ${event.data["n"]}`),
      );
      return [double, failing, slow, caller, listener];
    });
    await app.client.send({ name: "call" });
    await app.until((seen) => expect(seen).toHaveLength(2));
    expect(app.seen()).toContain("told 1");
    expect(app.seen().find((mark) => mark.startsWith("1 "))).toMatch(/^1 42 .*not today.* too late$/);
  });
});
