import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { StartPostgresOptions } from "#dev/postgres/start-postgres";

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const PROGRAM = fileURLToPath(new URL("hold-postgres.ts", import.meta.url));

/** Another Node process that has a local PostgreSQL. */
export interface Holder {
  readonly process: ChildProcess;
  /** Resolves when its server is ready; rejects when the process ends before that. */
  readonly ready: Promise<{ pid: number; url: string }>;
  /** `kill -9`; resolves when the Node process is gone, without waiting for its server. */
  kill(): Promise<void>;
}

/** Starts a Node process that starts PostgreSQL and holds it. */
export function spawnHolder(
  options: Pick<StartPostgresOptions, "dataDir">,
  env: NodeJS.ProcessEnv = {},
): Holder {
  const child = spawn(process.execPath, ["--import", TSX, PROGRAM, JSON.stringify(options)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const line = once(createInterface({ input: child.stdout }), "line");
  const failed = exited.then(() =>
    Promise.reject(new Error("The process ended before its server was ready.")),
  );
  const ready = Promise.race([line, failed]).then(
    ([text]) => JSON.parse(text) as { pid: number; url: string },
  );
  ready.catch(() => {});
  return {
    process: child,
    ready,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
