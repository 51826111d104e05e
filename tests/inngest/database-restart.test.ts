import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { serveApp } from "./helpers/serve-app";
import { startEmbedded, type EmbeddedHandle } from "./helpers/start-embedded";

describe("the embedded engine and a database that restarts", () => {
  let engine: EmbeddedHandle | undefined;
  let server: LocalPostgres | undefined;
  let folder = "";

  afterEach(async () => {
    for (const close of engine?.cleanups ?? []) await close();
    await engine?.kill();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("goes on by itself: a result is kept until it can be written, a sleep ends, events are taken again", async () => {
    folder = await mkdtemp(join(tmpdir(), "inngest-restart-"));
    const dataDir = join(folder, "data");
    server = await startPostgres({ dataDir });
    const { port } = server;
    engine = await startEmbedded({ databaseUrl: server.url() });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const app = await serveApp(engine, (client, mark) => [
      client.createFunction(
        { id: "sleeper", retries: 0, triggers: [{ event: "start" }] },
        async ({ step }) => {
          await step.sleep("while", "1s");
          mark("woken");
        },
      ),
      client.createFunction(
        { id: "worker", retries: 0, triggers: [{ event: "start" }] },
        async ({ step }) => {
          await step.run("under way", async () => {
            mark("under way");
            await held;
          });
          mark("after");
        },
      ),
      client.createFunction({ id: "later", retries: 0, triggers: [{ event: "later" }] }, () => mark("later")),
    ]);
    await app.client.send({ name: "start" });
    await app.until((seen) => expect(seen).toEqual(["under way"]));
    await server.stop();
    release();
    await vi.waitFor(() => expect(engine?.process.output()).toContain("queue: "), { timeout: 10_000 });
    server = await startPostgres({ dataDir, port });
    await app.until((seen) => expect(seen.toSorted()).toEqual(["after", "under way", "woken"]));
    await app.client.send({ name: "later" });
    await app.until((seen) => expect(seen).toContain("later"));
  });
});
