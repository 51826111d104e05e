import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { dataDirArgument } from "./data-dir-argument";
import type { RunUser } from "./find-run-user";
import { poll } from "./poll";
import { programEnv } from "./program-env";

const TIMEOUT_MS = 5_000;

/** What `releaseSharedMemory` needs. */
export interface ReleaseOptions {
  readonly bin: string;
  readonly dataDir: string;
  readonly user: RunUser | undefined;
}

/**
 * Waits for the children of a killed server to end and gives its shared memory back to the system, about a
 * megabyte in /dev/shm that would stay until the next boot. The next start on the same data folder does the
 * same, so this is for a data folder that is about to be removed. Gives up silently after 5 s.
 */
export async function releaseSharedMemory({ bin, dataDir, user }: ReleaseOptions): Promise<void> {
  // initdb's probe: it takes over the old segments, as every start does, and ends. It is refused while
  // children of the old server are attached to them.
  const args = ["--check", "-F", "-D", await dataDirArgument(dataDir, user)];
  const probe = async (): Promise<true | undefined> => {
    try {
      await promisify(execFile)(join(bin, "postgres"), args, { cwd: dataDir, env: programEnv(), ...user });
      return true;
    } catch {
      return undefined;
    }
  };
  await poll(probe, TIMEOUT_MS);
}
