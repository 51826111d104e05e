import type { DataDir } from "./open-data-dir";
import { findFreePort } from "./find-free-port";
import { poll } from "./poll";
import { readPostmasterFile } from "./read-postmaster-file";
import type { RunUser } from "./find-run-user";
import { spawnServer, type ServerProcess } from "./spawn-server";
import type { Watchdog } from "./start-watchdog";

const READY_TIMEOUT_MS = 60_000;
const PORT_TAKEN = /Address already in use/;
/** Children of a killed server end a moment after it; until then PostgreSQL refuses the data folder. */
const OLD_CHILDREN = /pre-existing shared memory block/;

/** Used unless the caller sets them. */
const DEFAULT_SETTINGS = {
  max_connections: "200",
  timezone: "UTC",
  log_timezone: "UTC",
  // A statement or the values in a key conflict can hold message text and phone numbers.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/** What `launchServer` needs. */
export interface LaunchOptions {
  readonly bin: string;
  readonly dataDir: DataDir;
  readonly user: RunUser | undefined;
  readonly watchdog: Watchdog;
  /** `undefined` asks for a free one. */
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: ((line: string) => void) | undefined;
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @throws Error with the end of the server's log when it ends before that, or is not ready in 60 s
 */
export async function launchServer(options: LaunchOptions): Promise<{ server: ServerProcess; port: number }> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const port = options.port ?? (await findFreePort());
    const server = await spawnServer({
      bin: options.bin,
      dataDir: options.dataDir.path,
      settings: orderSettings(options, port),
      user: options.user,
      log: options.log,
      watchdog: options.watchdog,
    });
    const outcome = await waitUntilReady(server, options.dataDir.path, deadline - performance.now());
    if (outcome === "ready") return { server, port };
    server.signal("SIGKILL");
    await server.exited;
    options.watchdog.watch(undefined);
    const log = await server.readLog();
    // Another process may take a free port between the kernel's answer and the server's start.
    const passes = OLD_CHILDREN.test(log) || (options.port === undefined && PORT_TAKEN.test(log));
    if (passes && performance.now() < deadline) continue;
    throw startError(outcome, options.port, log);
  }
}

function orderSettings({ settings, dataDir }: LaunchOptions, port: number): Array<[string, string]> {
  return Object.entries({
    ...DEFAULT_SETTINGS,
    ...settings,
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // Read from the command line by stopPreviousServer, in this order.
    "launcher.data_dir": dataDir.path,
    "launcher.pid": String(process.pid),
  });
}

type Outcome = "ready" | "ended" | "timeout";

async function waitUntilReady(server: ServerProcess, dataDir: string, timeoutMs: number): Promise<Outcome> {
  let ended = false;
  void server.exited.then(() => (ended = true));
  const outcome = await poll<Outcome>(async () => {
    if (ended) return "ended";
    const file = await readPostmasterFile(dataDir);
    return file?.pid === server.pid && file.status === "ready" ? "ready" : undefined;
  }, timeoutMs);
  return outcome ?? "timeout";
}

function startError(outcome: Outcome, port: number | undefined, log: string): Error {
  if (PORT_TAKEN.test(log))
    return new Error(`Port ${port} on 127.0.0.1 is taken. Choose another port.\n${log}`);
  const what = outcome === "timeout" ? "was not ready in 60 s" : "ended before it was ready";
  return new Error(`PostgreSQL ${what}. The end of its log:\n${log}`);
}
