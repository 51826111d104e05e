import { NonRetriableError, RetryAfterError, type FailureEventArgs } from "inngest";
import { expect, it } from "vitest";
import { describeEngines } from "./helpers/describe-engines";
import { serveApp } from "./helpers/serve-app";

describeEngines("failures", (engine) => {
  it("repeats a failing step and keeps the ones before it", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "retry", retries: 3, triggers: [{ event: "retry" }] },
        async ({ step, attempt }) => {
          await step.run("before", () => mark("before"));
          await step.run("shaky", () => {
            mark(`attempt ${attempt}`);
            if (attempt < 2) throw new Error("not yet");
          });
          mark("end");
        },
      ),
    ]);
    await app.client.send({ name: "retry" });
    await app.until((seen) => expect(seen).toContain("end"));
    expect(app.seen()).toEqual(["before", "attempt 0", "attempt 1", "attempt 2", "end"]);
  });

  it("repeats a failing function that has no steps", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "plain", retries: 2, triggers: [{ event: "plain" }] },
        async ({ attempt, maxAttempts }) => {
          mark(`${attempt} of ${maxAttempts}`);
          if (attempt < 1) throw new Error("not yet");
        },
      ),
    ]);
    await app.client.send({ name: "plain" });
    await app.until((seen) => expect(seen).toEqual(["0 of 3", "1 of 3"]));
  });

  it("gives a step's last error to the function, which may go on", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "catch", retries: 1, triggers: [{ event: "catch" }] },
        async ({ step, attempt }) => {
          const message = await step
            .run("hopeless", () => {
              mark(`attempt ${attempt}`);
              throw new TypeError("never");
            })
            .catch((error: Error) => error.message);
          await step.run("instead", () => mark(`instead of ${message}`));
        },
      ),
    ]);
    await app.client.send({ name: "catch" });
    await app.until((seen) => expect(seen).toEqual(["attempt 0", "attempt 1", "instead of never"]));
  });

  it("waits as long as RetryAfterError asks, in a step and in a function", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "later", retries: 2, triggers: [{ event: "later" }] },
        async ({ step, attempt }) => {
          await step.run("busy", () => {
            mark(`step ${attempt}`);
            if (attempt === 0) throw new RetryAfterError("busy", "2s");
          });
          mark(`function ${attempt}`);
          if (attempt === 0) throw new RetryAfterError("busy", 2000);
        },
      ),
    ]);
    await app.client.send({ name: "later" });
    await app.until((seen) => expect(seen).toEqual(["step 0", "step 1", "function 0", "function 1"]));
    const [step0, step1, function0, function1] = app.marks.map((mark) => mark.atMs) as [
      number,
      number,
      number,
      number,
    ];
    expect(step1 - step0).toBeGreaterThan(1400);
    expect(function1 - function0).toBeGreaterThan(1400);
  });

  it("does not repeat a NonRetriableError and tells onFailure", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "fatal",
          retries: 3,
          triggers: [{ event: "fatal" }],
          onFailure: ({ event, error }: FailureEventArgs) => {
            const { function_id: failed, run_id: runId, event: original } = event.data;
            mark(
              JSON.stringify({
                failed,
                hasRun: runId.length > 0,
                original: original.data,
                message: error.message,
              }),
            );
          },
        },
        async ({ step, runId }) => {
          await step.run("fatal", () => {
            mark(`run ${runId === "" ? "none" : "once"}`);
            throw new NonRetriableError("for good");
          });
        },
      ),
    ]);
    await app.client.send({ name: "fatal", data: { n: 7 } });
    await app.until((seen) => expect(seen).toHaveLength(2));
    expect(app.seen()[0]).toBe("run once");
    expect(JSON.parse(app.seen()[1] ?? "")).toEqual({
      failed: `${app.client.id}-fatal`,
      hasRun: true,
      original: { n: 7 },
      message: "for good",
    });
  });

  it("tells onFailure, and other listeners, after the last attempt only", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        {
          id: "worn",
          retries: 1,
          triggers: [{ event: "worn" }],
          onFailure: ({ error }: FailureEventArgs) => mark(`failure ${error.message}`),
        },
        async ({ attempt }) => {
          mark(`attempt ${attempt}`);
          throw new Error(`worn out ${attempt}`);
        },
      ),
      client.createFunction(
        {
          id: "alert",
          retries: 0,
          triggers: [
            { event: "inngest/function.failed", if: `event.data.function_id == '${client.id}-worn'` },
          ],
        },
        ({ event }) => mark(`alert ${String(event.data["function_id"]).endsWith("-worn")}`),
      ),
    ]);
    await app.client.send({ name: "worn" });
    await app.until((seen) => expect(seen).toHaveLength(4));
    expect(app.seen().slice(0, 2)).toEqual(["attempt 0", "attempt 1"]);
    expect(app.seen().slice(2).toSorted()).toEqual(["alert true", "failure worn out 1"]);
  });

  it("repeats only the parallel step that failed", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "one-of", retries: 2, triggers: [{ event: "one-of" }] },
        async ({ step, attempt }) => {
          await Promise.all([
            step.run("steady", () => mark("steady")),
            step.run("shaky", () => {
              mark(`shaky ${attempt}`);
              if (attempt === 0) throw new Error("once");
            }),
          ]);
          mark("end");
        },
      ),
    ]);
    await app.client.send({ name: "one-of" });
    await app.until((seen) => expect(seen).toContain("end"));
    expect(app.seen().toSorted()).toEqual(["end", "shaky 0", "shaky 1", "steady"]);
  });
});
