import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { poll } from "./poll";
import { readPostmasterFile } from "./read-postmaster-file";

const SHUTDOWN_TIMEOUT_MS = 30_000;

/**
 * Deals with what an earlier run left on a kept data folder: waits for a server that is stopping, stops one
 * whose launcher is dead, and leaves a stale `postmaster.pid` so that PostgreSQL sees it is stale.
 *
 * @throws Error when the folder belongs to a server that is in use, or the old server does not stop in 30 s
 */
export async function stopPreviousServer(dataDir: string): Promise<void> {
  const previous = await readPostmasterFile(dataDir);
  if (previous === undefined || !isAlive(previous.pid)) return;
  const command = await readCommandLine(previous.pid);
  if (!command.includes("postgres")) return disown(dataDir);
  // Somebody started this one by hand: PostgreSQL itself refuses to share the folder, and says so.
  if (!command.includes(`launcher.data_dir=${dataDir} `)) return;
  const owner = Number(/ launcher\.pid=(\d+)/.exec(command)?.[1]);
  if (isAlive(owner)) {
    if (previous.status !== "stopping") {
      throw new Error(
        `The data folder ${dataDir} is in use: process ${owner} runs PostgreSQL on it (process ${previous.pid}).`,
      );
    }
  } else {
    process.kill(previous.pid, "SIGINT");
  }
  const gone = await poll(async () => {
    return isAlive(previous.pid) && (await readCommandLine(previous.pid)) === command ? undefined : true;
  }, SHUTDOWN_TIMEOUT_MS);
  if (gone === undefined) throw new Error(`The earlier PostgreSQL (process ${previous.pid}) does not stop.`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The arguments of a process, one space after each; empty for a zombie or when the process is gone. */
async function readCommandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const raw = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return raw.replaceAll("\0", " ");
  }
  const ps = promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  return ps.then(
    ({ stdout }) => `${stdout.trim()} `,
    () => "",
  );
}

/**
 * The pid now belongs to a stranger, as it often does in a restarted container, and PostgreSQL would refuse to
 * start. It takes the file for stale when the pid is its parent's (CreateLockFile in miscinit.c). Removing the
 * file instead would also remove its guard against old processes that still hold the shared memory.
 */
async function disown(dataDir: string): Promise<void> {
  const file = join(dataDir, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) await writeFile(file, text.replace(/^\d+/, String(process.pid)));
}
