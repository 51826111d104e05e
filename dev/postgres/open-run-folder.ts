import { randomBytes } from "node:crypto";
import { chown, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { canReach } from "./can-reach";
import type { RunUser } from "./find-run-user";
import { startWatchdog, type Watchdog } from "./start-watchdog";

/** The temporary folders of one run and the watchdog that removes them. */
export interface RunFolder {
  /** Absolute; mode 0700, owned by the user who runs PostgreSQL. */
  readonly path: string;
  /** Where a new kept data folder is built before it gets its real name; not yet made. */
  readonly stagingDir: string | undefined;
  readonly watchdog: Watchdog;
}

/** Makes the temporary folder of one run, with the watchdog already on guard. */
export async function openRunFolder(
  user: RunUser | undefined,
  keptDataDir: string | undefined,
): Promise<RunFolder> {
  const id = randomBytes(8).toString("hex");
  const base = (await canReach(tmpdir(), user)) ? tmpdir() : "/tmp";
  const path = join(base, `local-postgres-${id}`);
  // Beside the kept folder, because a rename works only inside one file system.
  const stagingDir = keptDataDir === undefined ? undefined : `${keptDataDir}.new-${id}`;
  const watchdog = startWatchdog(stagingDir === undefined ? [path] : [path, stagingDir]);
  await mkdir(path, { mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return { path, stagingDir, watchdog };
}
