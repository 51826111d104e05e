import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { until } from "#dev/stack/until";

/** A PostgreSQL server that loses its life and never its data. */
export interface KillablePostgres {
  /** The same at all times. */
  readonly url: string;
  /** Ends the main process and all of its children with SIGKILL, and starts again after `downMs`. */
  kill(downMs: number): Promise<void>;
  /** Resolves when it runs. */
  untilUp(): Promise<void>;
  stop(): Promise<void>;
}

const GONE_TIMEOUT_MS = 10_000;

/** Starts one on a data folder of its own, with its usual settings: commits are flushed to the disk. */
export async function openKillablePostgres(log: (line: string) => void): Promise<KillablePostgres> {
  const folder = await mkdtemp(join(tmpdir(), "wamcp-faults-"));
  const dataDir = join(folder, "data");
  const settings = { log_min_messages: "warning" };
  const start = (port?: number): Promise<LocalPostgres> =>
    startPostgres({ dataDir, settings, log, ...(port === undefined ? {} : { port }) });
  let postgres = await start();
  let coming: Promise<void> = Promise.resolve();
  const restart = async (downMs: number): Promise<void> => {
    // Frees what guards the dead server; there is nothing left to shut down.
    await postgres.stop();
    await pause(downMs);
    postgres = await start(postgres.port);
  };
  return {
    url: postgres.url(),
    async kill(downMs) {
      await coming;
      await killFamily(postgres.pid);
      coming = restart(downMs);
      // Whoever needs it next hears of a failure; until then it must not count as unhandled.
      coming.catch(() => {});
    },
    untilUp: () => coming,
    async stop() {
      await coming.catch(() => {});
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function killFamily(pid: number): Promise<void> {
  const family = [
    pid,
    ...(await listProcesses()).filter(({ parent }) => parent === pid).map((one) => one.pid),
  ];
  // The parent first, or it would notice and start recovery by itself.
  for (const member of family) kill(member);
  await until("the children of the killed PostgreSQL to be gone", GONE_TIMEOUT_MS, async () =>
    (await listProcesses()).some((one) => family.includes(one.pid) || one.parent === pid) ? undefined : true,
  );
}

/** All processes but those that only wait for somebody to read how they ended. */
async function listProcesses(): Promise<{ pid: number; parent: number }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,stat="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return pid && parent && state && !state.startsWith("Z")
      ? [{ pid: Number(pid), parent: Number(parent) }]
      : [];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
}
