import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a running server writes about itself into its data folder. */
export interface PostmasterFile {
  readonly pid: number;
  /** `starting`, `ready`, `stopping` or `standby`; empty before the server has got that far. */
  readonly status: string;
}

/**
 * Reads `postmaster.pid`. The file outlives a server that was killed, so its pid may belong to nobody,
 * or to a stranger.
 *
 * Source: src/include/utils/pidfile.h of PostgreSQL 16 (line 1 is the pid, line 8 the status).
 */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => undefined);
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? "").trim() } : undefined;
}
