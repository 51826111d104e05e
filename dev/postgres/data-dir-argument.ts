import { canReach } from "./can-reach";
import type { RunUser } from "./find-run-user";

/**
 * The `-D` argument for a program that is started with the data folder as its working directory.
 *
 * Root may keep the data below a folder that is closed to everybody else, /root for instance. On Linux a
 * process still reaches such a folder through the working directory it was started in.
 *
 * @throws Error when the run user cannot reach the folder on another system
 */
export async function dataDirArgument(dataDir: string, user: RunUser | undefined): Promise<string> {
  if (await canReach(dataDir, user)) return dataDir;
  if (process.platform === "linux") return "/proc/self/cwd";
  throw new Error(
    `PostgreSQL does not run as root, and its user cannot reach ${dataDir}. ` +
      "Run as an ordinary user, or choose a data folder that others may pass into.",
  );
}
