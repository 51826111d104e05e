import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrateDatabase } from "#db/migrate";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const PROGRAM = fileURLToPath(new URL("restart-workload.ts", import.meta.url));
const WAIT = { timeout: 15_000, interval: 50 };

interface Line {
  event: "error" | "works again" | "listening" | "notified" | "asked";
  code?: string;
  payload?: string;
  at?: number;
}

let parent: string;
let server: LocalPostgres;
let child: ChildProcess;
const lines: Line[] = [];
const errorOutput: string[] = [];

/** Waits for a condition, but not for a program that has died. */
async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(() => (child.exitCode === null ? check() : true), WAIT);
  expect(errorOutput.join("")).toBe("");
  expect(child.exitCode).toBeNull();
}

const count = (event: Line["event"]): number => lines.filter((line) => line.event === event).length;

/** What the child has said since it last answered: of the newest server, because it is asked while there is none. */
const newest = (): Line[] => lines.slice(lines.findLastIndex(({ event }) => event === "asked") + 1);

const countNewest = (event: Line["event"]): number => newest().filter((line) => line.event === event).length;

/** Waits until the child has told all it saw of the server that is gone. */
async function askChild(): Promise<void> {
  const answers = count("asked");
  child.stdin?.write("?");
  await until(() => expect(count("asked")).toBe(answers + 1));
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "db-restart-"));
  await chmod(parent, 0o755);
  server = await startPostgres({ dataDir: join(parent, "data") });
  await migrateDatabase(server.url(), findMigrationsDir());
  // Bounded, because a loop of failures that nothing slows down fills a machine's memory within a minute.
  const args = ["--max-old-space-size=256", "--import", TSX, PROGRAM, server.url()];
  child = spawn(process.execPath, args, { stdio: "pipe" });
  child.stderr?.on("data", (chunk: Buffer) => errorOutput.push(chunk.toString()));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as Line));
  }
  await vi.waitUntil(() => count("listening") === 1, WAIT);
});

afterAll(async () => {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  child.kill("SIGKILL");
  await exited;
  await server.stop();
  await rm(parent, { recursive: true, maxRetries: 10 });
});

/** Ends the server and starts it again where it was; gives the moment at which it was ready. */
async function restart(end: () => Promise<void>): Promise<number> {
  const { port } = server;
  await end();
  await server.stop();
  await until(() => expect(count("error")).toBeGreaterThan(0));
  await askChild();
  server = await startPostgres({ dataDir: join(parent, "data"), port });
  return Date.now();
}

const killServer = async (): Promise<void> => void process.kill(server.pid, "SIGKILL");

async function notify(payload: string): Promise<void> {
  const sql = postgres(server.url(), { max: 1 });
  await sql`select pg_notify('restart_test', ${payload})`;
  await sql.end({ timeout: 5 });
}

describe.each([
  ["a fast shutdown", () => server.stop()],
  ["kill -9", killServer],
  // Some connections are only just being opened then.
  ["kill -9 as soon as it is back", () => restart(killServer).then(killServer)],
  ["a second fast shutdown", () => server.stop()],
])("in the middle of many transactions, %s", { timeout: 60_000 }, (name, end) => {
  it("ends none of them without an error that says so, and no process", async () => {
    lines.length = 0;
    const readyAt = await restart(end);
    await until(() => expect(countNewest("works again")).toBeGreaterThan(0));
    const firstAt = Math.max(...newest().map(({ at }) => at ?? 0));
    expect(firstAt - readyAt).toBeLessThan(4_000);
    const failures = lines.filter(({ event }) => event === "error");
    expect(failures.filter(({ code }) => code !== "unavailable")).toEqual([]);
  });

  it("only interrupts the listening, and says when it begins anew", async () => {
    await until(() => expect(countNewest("listening")).toBe(1));
    await notify(name);
    await until(() => expect(lines).toContainEqual({ event: "notified", payload: name }));
  });
});
