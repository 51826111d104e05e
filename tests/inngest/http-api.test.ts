import { expect, it, vi } from "vitest";
import { describeEngines } from "./helpers/describe-engines";
import type { EngineHandle } from "./helpers/engine-handle";
import { serveApp, type createClient } from "./helpers/serve-app";

const KEY = "any-key-in-dev-mode";

describeEngines("HTTP interface", (engine) => {
  it("answers its health check", async () => {
    const answer = await fetch(`${engine().url}/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 200, message: "OK" });
  });

  it("takes one event or many and answers an id for each", async () => {
    const one = await post(engine(), { name: "single", data: {} });
    expect(one.status).toBe(200);
    expect((await readIds(one)).length).toBe(1);
    const many = await post(engine(), [{ name: "many" }, { name: "many", data: {} }]);
    expect((await readIds(many)).length).toBe(2);
  });

  it("refuses reserved names and events over 3 MB", async () => {
    const reserved = await post(engine(), [{ name: "inngest/function.failed", data: {} }]);
    expect(reserved.status).toBe(400);
    const large = await post(engine(), [{ name: "large", data: { text: "x".repeat(3 * 1024 * 1024) } }]);
    expect(large.status).toBe(400);
    const fits = await post(engine(), [{ name: "large", data: { text: "x".repeat(2 * 1024 * 1024) } }]);
    expect(fits.status).toBe(200);
  });

  it("lists an event's runs and tells their state", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "listed", retries: 0, triggers: [{ event: "listed" }] },
        async ({ runId }) => {
          mark(runId);
          return { n: 1 };
        },
      ),
    ]);
    const { ids } = await app.client.send({ name: "listed" });
    await app.until((seen) => expect(seen).toHaveLength(1));
    await vi.waitFor(
      async () => {
        const runs = (await get(engine(), `/v1/events/${ids[0]}/runs`)) as {
          data: { run_id: string; status: string }[];
        };
        expect(runs.data.map((run) => [run.run_id, run.status])).toEqual([[app.seen()[0], "Completed"]]);
      },
      { timeout: 15_000, interval: 100 },
    );
    const run = (await get(engine(), `/v1/runs/${app.seen()[0]}`)) as { data: { status: string } };
    expect(run.data.status).toBe("Completed");
  });

  it("cancels a run", async () => {
    const app = await serveApp(engine(), (client, mark) => [
      client.createFunction(
        { id: "doomed", retries: 0, triggers: [{ event: "doomed" }] },
        async ({ step, runId }) => {
          await step.run("start", () => mark(runId));
          await step.sleep("while", "60s");
          mark("end");
        },
      ),
    ]);
    await app.client.send({ name: "doomed" });
    await app.until((seen) => expect(seen).toHaveLength(1));
    const path = `/v1/runs/${app.seen()[0]}`;
    const answer = await fetch(`${engine().url}${path}`, {
      method: "DELETE",
      headers: authorization(engine()),
    });
    expect(answer.ok).toBe(true);
    await vi.waitFor(
      async () => expect(await get(engine(), path)).toMatchObject({ data: { status: "Cancelled" } }),
      { timeout: 15_000, interval: 100 },
    );
    expect(app.seen()).not.toContain("end");
  });
});

describeEngines(
  "keys",
  (engine) => {
    it("refuses an unknown event key", async () => {
      const answer = await post(engine(), [{ name: "stranger", data: {} }], "wrong");
      expect(answer.status).toBe(401);
    });

    it("refuses registration and run queries without the signing key", async () => {
      const registration = await fetch(`${engine().url}/fn/register`, {
        method: "POST",
        body: JSON.stringify({ appName: "stranger", url: "http://127.0.0.1:1/", functions: [] }),
      });
      expect(registration.status).toBe(401);
      const runs = await fetch(`${engine().url}/v1/runs/01J0000000000000000000000`);
      expect(runs.status).toBe(401);
    });

    it("registers no app that has another signing key", async () => {
      const stranger = { ...engine(), keys: { signingKey: "00".repeat(32), eventKey: "wrong" } };
      await expect(serveApp(stranger, (client) => [noop(client)])).rejects.toThrow(/registration/);
    });
  },
  ["keyed"],
);

function noop(client: ReturnType<typeof createClient>) {
  return client.createFunction({ id: "noop", retries: 0, triggers: [{ event: "noop" }] }, () => undefined);
}

async function post(
  engine: EngineHandle,
  body: unknown,
  key = engine.keys?.eventKey ?? KEY,
): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${engine.url}/e/${key}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function readIds(answer: Response): Promise<string[]> {
  return ((await answer.json()) as { ids: string[] }).ids;
}

async function get(engine: EngineHandle, path: string): Promise<unknown> {
  const answer = await fetch(`${engine.url}${path}`, { headers: authorization(engine) });
  return answer.json();
}

function authorization(engine: EngineHandle): Record<string, string> {
  return engine.keys ? { authorization: `Bearer ${engine.keys.signingKey}` } : {};
}
