import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

import { dataDirArgument } from "./data-dir-argument";
import type { RunUser } from "./find-run-user";
import { programEnv } from "./program-env";
import type { Watchdog } from "./start-watchdog";

const LOG_TAIL_LINES = 40;
const LAST_WORDS_MS = 500;

/** How a process ended: by itself with a code, or by a signal. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One running `postgres` process. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<ServerExit>;
  signal(name: NodeJS.Signals): void;
  /** The last lines of the server's log; once it has ended, including its last words. */
  readLog(): Promise<string>;
  /** Whether the server keeps this process from ending by itself. */
  keepAwake(on: boolean): void;
}

/** What `spawnServer` needs. */
export interface SpawnOptions {
  readonly bin: string;
  readonly dataDir: string;
  /** Settings in the order they are given to the server; of two with one name the last counts. */
  readonly settings: ReadonlyArray<readonly [string, string]>;
  readonly user: RunUser | undefined;
  readonly log: ((line: string) => void) | undefined;
  /** Learns the process id at once. */
  readonly watchdog: Watchdog;
}

/**
 * Starts `postgres` and returns at once.
 *
 * @throws Error when the program cannot be started at all
 */
export async function spawnServer(options: SpawnOptions): Promise<ServerProcess> {
  const { bin, dataDir, settings, user, log } = options;
  const args = ["-D", await dataDirArgument(dataDir, user)];
  for (const [name, value] of settings) args.push("-c", `${name}=${value}`);
  const child = spawn(join(bin, "postgres"), args, {
    cwd: dataDir,
    // Detached: Ctrl-C in a terminal goes to the whole group, and the server must outlast its clients.
    detached: true,
    env: programEnv(),
    stdio: ["ignore", "ignore", "pipe"],
    ...user,
  });
  // Before anything is awaited: a kill -9 may come at any time.
  options.watchdog.watch(child.pid);
  const exited = new Promise<ServerExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const closed = once(child, "close").catch(() => undefined);
  await once(child, "spawn");
  if (child.pid === undefined) throw new Error("postgres was started without a process id.");

  const tail: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (tail.push(line) > LOG_TAIL_LINES) tail.shift();
    log?.(line);
  });
  if (child.stderr instanceof Socket) child.stderr.unref();
  return {
    pid: child.pid,
    exited,
    signal: (name) => void child.kill(name),
    async readLog() {
      // Orphaned children of a killed server may hold the pipe open for longer.
      if (child.exitCode !== null || child.signalCode !== null)
        await Promise.race([closed, delay(LAST_WORDS_MS)]);
      return tail.join("\n");
    },
    keepAwake: (on) => (on ? child.ref() : child.unref()),
  };
}
