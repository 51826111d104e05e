import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import postgres, { type Sql } from "postgres";
import { createMigratedDatabase } from "#tests/helpers/postgres/create-migrated-database";
import { buildAdmin } from "../../../scripts/build-admin";

/** How a run of the program ended. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** Stops reading at the first output, as `head` does. */
  readonly closesEarly?: boolean;
  /** Called with what is on stdout so far, whenever there is more; gets the process's id. */
  readonly onOutput?: (stdout: string, pid: number) => void;
}

/** The built program in a folder of its own, far from any node_modules, and a migrated database. */
export interface AdminDesk {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sql: Sql;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 20_000;

/** A database that is there, and the pepper of the servers that use it. */
export interface DeskDatabase {
  readonly url: string;
  readonly pepper: string;
}

/** Builds the program, and opens a database for it unless it is to use one that is there. */
export async function openAdminDesk(given?: DeskDatabase): Promise<AdminDesk> {
  const folder = await mkdtemp(join(tmpdir(), "wamcp-admin-"));
  const { file } = await buildAdmin(join(folder, "wamcp-admin.mjs"));
  const own = given ? undefined : await createMigratedDatabase();
  const { url, pepper } = given ?? { url: own?.url ?? "", pepper: "pepper-of-the-desk-".repeat(3) };
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const env = { DATABASE_URL: url, API_KEY_PEPPER: pepper };
  return {
    folder,
    env,
    sql,
    run: (args, options = {}) => run(file, folder, args, { ...options, env: { ...env, ...options.env } }),
    async close() {
      await sql.end({ timeout: 5 });
      await own?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(file: string, cwd: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const env = { PATH: process.env.PATH ?? "", ...options.env };
  // The file itself, not node with the file: it must be executable.
  const child = spawn(file, args, { cwd, env, stdio: "pipe" });
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
    options.onOutput?.(stdout, child.pid ?? 0);
    if (options.closesEarly) child.stdout.destroy();
  });
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  // Most commands do not read it.
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { stdout, stderr, code };
}
