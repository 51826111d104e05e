import { access, chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { startPostgres } from "#dev/postgres/start-postgres";
import { isRunning } from "#tests/helpers/postgres/is-running";
import { spawnHolder, type Holder } from "#tests/helpers/postgres/spawn-holder";

const PATIENCE = { timeout: 20_000, interval: 20 };
const ATTEMPTS = 5;

let folder: string;
let holder: Holder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parent-killed-"));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  await holder.kill();
  await rm(folder, { recursive: true, maxRetries: 10 });
});

/** Run folders in `folder`, where tsx keeps a cache too. */
async function runFolders(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith("local-postgres-"));
}

/** Kills a holder while initdb makes its data folder; gives the path where that folder was to be. */
async function killInInitdb(): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const parent = join(folder, `attempt-${attempt}`);
    holder = spawnHolder({ dataDir: join(parent, "data") }, { TMPDIR: folder });
    await vi.waitFor(async () => {
      const names = await readdir(parent);
      if (names.includes("data")) return;
      const staging = names.find((name) => name.startsWith("data.new-"));
      await access(join(parent, String(staging), "global"));
    }, PATIENCE);
    await holder.kill();
    // The folder gets its name from the process that is gone now: one that has it was whole before the kill.
    const wasDone = (await readdir(parent)).includes("data");
    // The watchdog removes the run folder when the server is gone.
    await expect.poll(runFolders, PATIENCE).toEqual([]);
    if (!wasDone) return join(parent, "data");
  }
  throw new Error(`initdb was done before it was seen at work, ${ATTEMPTS} times.`);
}

describe("when the process that started PostgreSQL is killed", { timeout: 60_000 }, () => {
  it("stops the server and removes its folder", async () => {
    holder = spawnHolder({}, { TMPDIR: folder });
    const { pid } = await holder.ready;
    expect(await runFolders()).toHaveLength(1);
    await holder.kill();
    await expect.poll(() => isRunning(pid), PATIENCE).toBe(false);
    await expect.poll(runFolders, PATIENCE).toEqual([]);
  });

  it("stops the server although a session is busy", async () => {
    holder = spawnHolder({}, { TMPDIR: folder });
    const { pid, url } = await holder.ready;
    const sql = postgres(url, { max: 1, onclose: () => {} });
    const busy = sql`select pg_sleep(600)`.catch(() => undefined);
    await holder.kill();
    await expect.poll(() => isRunning(pid), PATIENCE).toBe(false);
    await expect.poll(runFolders, PATIENCE).toEqual([]);
    await busy;
    await sql.end({ timeout: 0 });
  });

  it("leaves nothing when it dies in the middle of initdb", async () => {
    holder = spawnHolder({}, { TMPDIR: folder });
    await vi.waitFor(async () => {
      const [run] = await runFolders();
      await access(join(folder, String(run), "data", "global"));
    }, PATIENCE);
    await holder.kill();
    await expect.poll(runFolders, PATIENCE).toEqual([]);
  });

  it("leaves no half-made data folder when it dies in the middle of initdb", async () => {
    const dataDir = await killInInitdb();
    await expect.poll(() => readdir(dirname(dataDir)), PATIENCE).toEqual(["data.password"]);
    const server = await startPostgres({ dataDir });
    await server.stop();
  });

  it("lets the next process use the kept data folder at once", async () => {
    const dataDir = join(folder, "data");
    holder = spawnHolder({ dataDir });
    const { pid, url } = await holder.ready;
    const sql = postgres(url, { max: 1, onclose: () => {} });
    await sql`create table kept as select 42 as answer`;
    await holder.kill();
    const server = await startPostgres({ dataDir });
    try {
      expect(isRunning(pid)).toBe(false);
      const next = postgres(server.url(), { max: 1 });
      expect([...(await next`select answer from kept`)]).toEqual([{ answer: 42 }]);
      await next.end();
    } finally {
      await server.stop();
      await sql.end({ timeout: 0 });
    }
  });
});
