import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findRunUser } from "#dev/postgres/find-run-user";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { eventually } from "#tests/helpers/eventually";

let parent: string;
let dataDir: string;
let server: LocalPostgres | undefined;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "kept-data-dir-"));
  await chmod(parent, 0o755);
  dataDir = join(parent, "nested", "data");
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(parent, { recursive: true, maxRetries: 10 });
});

async function start(): Promise<LocalPostgres> {
  server = await startPostgres({ dataDir });
  return server;
}

async function withSql<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

async function writeRow(url: string): Promise<void> {
  await withSql(url, async (sql) => {
    await sql`create table if not exists kept (id int generated always as identity)`;
    await sql`insert into kept default values`;
  });
}

async function countRows(url: string): Promise<number> {
  return withSql(url, async (sql) => {
    const [row] = await sql<[{ count: number }]>`select count(*)::int as count from kept`;
    return row.count;
  });
}

describe("startPostgres with a kept data folder", { timeout: 60_000 }, () => {
  it("keeps rows and password, and leaves nothing else beside the folder", async () => {
    const first = await start();
    await writeRow(first.url());
    await first.stop();
    const second = await start();
    expect(await countRows(second.url())).toBe(1);
    expect(new URL(second.url()).password).toBe(new URL(first.url()).password);
    await second.stop();
    expect((await readdir(join(parent, "nested"))).sort()).toEqual(["data", "data.password"]);
    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
  });

  it("keeps committed rows when the server is killed", async () => {
    const first = await start();
    await writeRow(first.url());
    process.kill(first.pid, "SIGKILL");
    await first.stop();
    const second = await start();
    expect(await countRows(second.url())).toBe(1);
  });

  it("starts again at once after a kill while old sessions still end", async () => {
    const first = await start();
    await writeRow(first.url());
    const sql = postgres(first.url(), { max: 4, onclose: () => {} });
    // A session that computes does not look for its parent until it is done. It begins again until the server is gone:
    // one that was done before the other began would leave nothing that is busy.
    const compute = async (): Promise<void> => {
      for (;;) await sql`select count(*) from generate_series(1, 3000000)`;
    };
    const busy = Array.from({ length: 2 }, () => compute().catch(() => undefined));
    await eventually(async () => {
      await withSql(first.url(), async (other) => {
        const [row] = await other<[{ busy: number }]>`
          select count(*)::int as busy from pg_stat_activity where query like '%generate_series%' and state = 'active'`;
        expect(row.busy).toBeGreaterThan(1);
      });
    });
    process.kill(first.pid, "SIGKILL");
    await first.stop();
    const second = await start();
    expect(await countRows(second.url())).toBe(1);
    await Promise.all(busy);
    await sql.end({ timeout: 0 });
  });

  it("refuses a second server on the folder and names the first", async () => {
    const first = await start();
    await writeRow(first.url());
    await expect(startPostgres({ dataDir })).rejects.toThrow(
      `The data folder ${dataDir} is in use: process ${process.pid} runs PostgreSQL on it (process ${first.pid}).`,
    );
    expect(await countRows(first.url())).toBe(1);
  });

  it("starts when the pid of a killed server now belongs to another process", async () => {
    const first = await start();
    await writeRow(first.url());
    process.kill(first.pid, "SIGKILL");
    await first.stop();
    const stranger = spawn("sleep", ["60"], { stdio: "ignore", ...(await findRunUser(dataDir)) });
    try {
      const file = join(dataDir, "postmaster.pid");
      await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(stranger.pid)));
      const second = await start();
      expect(await countRows(second.url())).toBe(1);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it("works below a folder that is closed to other users", async () => {
    await chmod(parent, 0o700);
    await writeRow((await start()).url());
    await server?.stop();
    expect(await countRows((await start()).url())).toBe(1);
  });

  it("says what to do when the password is lost", async () => {
    await (await start()).stop();
    await rm(`${dataDir}.password`);
    await expect(start()).rejects.toThrow(/Put the file back/);
  });
});
