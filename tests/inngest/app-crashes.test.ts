import { resolve } from "node:path";
import getPort from "get-port";
import { describe, expect, it, vi } from "vitest";
import { openLab } from "./helpers/open-lab";
import { runProcess, type RunningProcess } from "./helpers/run-process";
import { createClient, serveApp } from "./helpers/serve-app";

const APP = resolve("tests/inngest/helpers/crashing-app.ts");

describe.concurrent("the embedded engine and an app that goes away", () => {
  it("runs the step again, as the same attempt, when the app is back", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const port = await getPort({ host: "127.0.0.1" });
    const engine = await lab.start({ sdkUrls: [`http://127.0.0.1:${port}/api/inngest`] });
    const startApp = (stepMs: number) =>
      runProcess(process.execPath, ["--import", "tsx", APP, String(port), engine.url, String(stepMs)]);
    const first = startApp(60_000);
    engine.cleanups.push(async () => void (await first.end("SIGKILL")));
    await vi.waitFor(() => expect(engine.process.output()).toContain("registered"), { timeout: 20_000 });
    await createClient(engine).send({ name: "work" });
    await untilMarked(first, ["before", "under way 0"]);
    await first.end("SIGKILL");
    const second = startApp(0);
    engine.cleanups.push(async () => void (await second.end("SIGKILL")));
    await untilMarked(second, ["under way 0", "after"]);
  });

  it("registers an app that starts later, and again when its functions have changed", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(onTestFinished);
    const port = await getPort({ host: "127.0.0.1" });
    const engine = await lab.start({ sdkUrls: [`http://127.0.0.1:${port}/api/inngest`] });
    const options = { id: "changing", port, register: false };
    const old = await serveApp(
      engine,
      (client, mark) => [
        client.createFunction({ id: "old", retries: 0, triggers: [{ event: "go" }] }, () => mark("old")),
      ],
      options,
    );
    await old.sendUntil({ name: "go" }, (seen) => expect(seen.length).toBeGreaterThan(0));
    await old.close();
    const changed = await serveApp(
      engine,
      (client, mark) => [
        client.createFunction({ id: "new", retries: 0, triggers: [{ event: "go" }] }, () => mark("new")),
      ],
      options,
    );
    await changed.sendUntil({ name: "go" }, (seen) => expect(seen).toContain("new"));
  });

  it("calls an app again that was away when its run was due", async ({ onTestFinished }) => {
    const lab = await openLab(onTestFinished);
    const port = await getPort({ host: "127.0.0.1" });
    const engine = await lab.start({ sdkUrls: [`http://127.0.0.1:${port}/api/inngest`] });
    const options = { id: "away", port, register: false };
    const define = (client: ReturnType<typeof createClient>, mark: (what: string) => void) => [
      client.createFunction({ id: "away", retries: 0, triggers: [{ event: "away" }] }, async ({ attempt }) =>
        mark(`attempt ${attempt}`),
      ),
    ];
    const first = await serveApp(engine, define, options);
    await vi.waitFor(() => expect(engine.process.output()).toContain("registered"), { timeout: 20_000 });
    await first.close();
    await first.client.send({ name: "away" });
    await vi.waitFor(() => expect(engine.process.output()).toContain("cannot reach"), { timeout: 10_000 });
    const second = await serveApp(engine, define, options);
    await second.until((seen) => expect(seen).toEqual(["attempt 0"]));
  });
});

async function untilMarked(app: RunningProcess, marks: readonly string[]): Promise<void> {
  const expected = marks.map((mark) => `MARK ${mark}`);
  await vi.waitFor(
    () =>
      expect(
        app
          .output()
          .split("\n")
          .filter((line) => line.startsWith("MARK")),
      ).toEqual(expected),
    { timeout: 20_000, interval: 50 },
  );
}
