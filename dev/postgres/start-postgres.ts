import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { launchServer } from "./launch-server";
import { openDataDir } from "./open-data-dir";
import { openRunFolder } from "./open-run-folder";
import { prepareBinaries } from "./prepare-binaries";
import { findRunUser } from "./find-run-user";
import { releaseSharedMemory } from "./release-shared-memory";
import type { ServerExit, ServerProcess } from "./spawn-server";

const STOP_TIMEOUT_MS = 20_000;

/** How a local PostgreSQL is started. */
export interface StartPostgresOptions {
  /** TCP port on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /**
   * A data folder that is kept between runs, with its password beside it in `<dataDir>.password`.
   * When left out, the data lives in a temporary folder that goes with the server.
   */
  readonly dataDir?: string;
  /** PostgreSQL settings, `{ fsync: "off" }` for instance. Address, port and sockets cannot be changed here. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives each line of the server's log; nothing is printed otherwise. */
  readonly log?: (line: string) => void;
  /** Called when the server ends without having been told to by `stop`. */
  readonly onExit?: (code: number | null, signal: NodeJS.Signals | null) => void;
}

/** A PostgreSQL 16 server of this process: it stops when this process ends, in whatever way it ends. */
export interface LocalPostgres {
  /** The superuser's connection URL, password included; `database` is `postgres` when left out. */
  url(database?: string): string;
  readonly port: number;
  /** The process id of the server's main process. */
  readonly pid: number;
  /**
   * Fast shutdown: open transactions are rolled back, then the server ends. Resolves when the process and its
   * temporary folder are gone. After 20 s the server is killed. Further calls return the same promise.
   */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 16 from the npm package for this platform and resolves when it accepts connections.
 * A running server does not keep this process from ending by itself.
 *
 * @throws Error when there are no binaries for this platform, the port is taken, the data folder is in use,
 * or the server is not ready in 60 s; then nothing is left behind
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<LocalPostgres> {
  const kept = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const user = await findRunUser(kept);
  const run = await openRunFolder(user, kept);
  try {
    const bin = await prepareBinaries(run.path, user);
    const dataDir = await openDataDir({ bin, kept, run, user });
    const { port, settings = {}, log } = options;
    const launched = await launchServer({ bin, dataDir, user, watchdog: run.watchdog, port, settings, log });
    const close = async ({ code }: ServerExit): Promise<void> => {
      if (code !== 0 && kept === undefined) await releaseSharedMemory({ bin, dataDir: dataDir.path, user });
      await run.watchdog.release();
    };
    const stop = guard(launched.server, close, options.onExit);
    void launched.server.exited.then(() => run.watchdog.watch(undefined));
    const url = (database = "postgres"): string =>
      `postgres://postgres:${dataDir.password}@127.0.0.1:${launched.port}/${encodeURIComponent(database)}`;
    return { url, port: launched.port, pid: launched.server.pid, stop };
  } catch (error) {
    await run.watchdog.release();
    throw error;
  }
}

/** Watches over the server and returns the function that stops it. */
function guard(
  server: ServerProcess,
  close: (exit: ServerExit) => Promise<void>,
  onExit: StartPostgresOptions["onExit"],
): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const notice = async (): Promise<void> => {
    const { code, signal } = await server.exited;
    if (stopped === undefined) onExit?.(code, signal);
  };
  void notice();
  server.keepAwake(false);
  return () => {
    stopped ??= shutDown(server).then(close);
    return stopped;
  };
}

async function shutDown(server: ServerProcess): Promise<ServerExit> {
  server.keepAwake(true);
  server.signal("SIGINT");
  const timer = new AbortController();
  const late = delay(STOP_TIMEOUT_MS, "late", { signal: timer.signal }).catch(() => "ended");
  if ((await Promise.race([server.exited, late])) === "late") server.signal("SIGKILL");
  timer.abort();
  return server.exited;
}
