import { describe, expect, it, vi } from "vitest";
import { openLab } from "./helpers/open-lab";
import { serveApp } from "./helpers/serve-app";

interface ListedRun {
  run_id: string;
  function_id: string;
  status: string;
  output: unknown;
  events: { id: string; data: Record<string, unknown>; ts: number }[];
}

describe.concurrent("the embedded engine's local interface", () => {
  it("reruns with the same event and nothing memoised, past event id, idempotency and rate limit", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        {
          id: "rerun",
          retries: 0,
          idempotency: "event.data.n",
          rateLimit: { limit: 1, period: "1h" },
          triggers: [{ event: "rerun" }],
        },
        async ({ event, step, runId }) => {
          await step.run("step", () => mark(JSON.stringify([event.id, event.ts, event.data])));
          return runId;
        },
      ),
    ]);
    const event = { name: "rerun", id: "given", ts: Date.now() - 1000, data: { n: 1 } };
    await app.client.send(event);
    await app.client.send(event);
    const [run] = await untilRuns(engine.url, 1, "Completed");
    const answer = await fetch(`${engine.url}/local/runs/${run?.run_id}/rerun`, { method: "POST" });
    const { run_id: again } = (await answer.json()) as { run_id: string };
    expect(again).not.toBe(run?.run_id);
    await untilRuns(engine.url, 2, "Completed");
    const told = JSON.stringify(["given", event.ts, { n: 1 }]);
    expect(app.seen()).toEqual([told, told]);
  });

  it("lists runs by function and state, and counts them", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const engine = await lab.start();
    const app = await serveApp(engine, (client) => [
      client.createFunction({ id: "good", retries: 0, triggers: [{ event: "both" }] }, () => "value"),
      client.createFunction({ id: "bad", retries: 0, triggers: [{ event: "both" }] }, () => {
        throw new Error("no");
      }),
      client.createFunction({ id: "asleep", retries: 0, triggers: [{ event: "both" }] }, ({ step }) =>
        step.sleep("long", "1h"),
      ),
      client.createFunction({ id: "queued", retries: 0, triggers: [{ event: "timed" }] }, () => "late"),
    ]);
    await app.client.send([{ name: "both" }, { name: "timed", ts: Date.now() + 3_600_000 }]);
    await vi.waitFor(
      async () =>
        expect(await (await fetch(`${engine.url}/local/stats`)).json()).toEqual({
          queued: 1,
          running: 0,
          waiting: 1,
          completed: 1,
          failed: 1,
          cancelled: 0,
        }),
      { timeout: 10_000 },
    );
    const [failed] = await untilRuns(engine.url, 1, "Failed");
    expect(failed).toMatchObject({ function_id: `${app.client.id}-bad`, output: { message: "no" } });
    const answer = await fetch(`${engine.url}/local/runs?function=${app.client.id}-good`);
    const { data } = (await answer.json()) as { data: ListedRun[] };
    expect(data.map((run) => [run.status, run.output])).toEqual([["Completed", "value"]]);
    expect((await fetch(`${engine.url}/local/runs/unknown/rerun`, { method: "POST" })).status).toBe(404);
  });
});

async function untilRuns(url: string, count: number, status: string): Promise<ListedRun[]> {
  return vi.waitFor(
    async () => {
      const { data } = (await (await fetch(`${url}/local/runs?status=${status}`)).json()) as {
        data: ListedRun[];
      };
      expect(data).toHaveLength(count);
      return data;
    },
    { timeout: 10_000 },
  );
}
