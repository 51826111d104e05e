import { mkdir, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

import { createPassword } from "./create-password";
import { initDataDir } from "./init-data-dir";
import type { RunFolder } from "./open-run-folder";
import { readKeptPassword } from "./read-kept-password";
import type { RunUser } from "./find-run-user";
import { stopPreviousServer } from "./stop-previous-server";

/** A data folder that a server can be started on. */
export interface DataDir {
  readonly path: string;
  readonly password: string;
}

/** What `openDataDir` needs. */
export interface OpenDataDirOptions {
  readonly bin: string;
  /** Absolute; `undefined` asks for a temporary one in the run folder. */
  readonly kept: string | undefined;
  readonly run: RunFolder;
  readonly user: RunUser | undefined;
}

/** Makes a temporary data folder, makes a kept one, or takes over a kept one from an earlier run. */
export async function openDataDir({ bin, kept, run, user }: OpenDataDirOptions): Promise<DataDir> {
  if (kept === undefined || run.stagingDir === undefined) {
    const path = join(run.path, "data");
    const password = createPassword();
    await initDataDir({ bin, dataDir: path, password, run, user });
    return { path, password };
  }
  await mkdir(dirname(kept), { recursive: true });
  const isNew = await isEmpty(kept);
  const password = await readKeptPassword(kept, isNew);
  if (isNew) {
    // A kept folder is whole or absent, also when the process is killed in the middle of initdb.
    await initDataDir({ bin, dataDir: run.stagingDir, password, run, user });
    await rename(run.stagingDir, kept).catch((cause: unknown) => {
      throw new Error(`${kept} appeared while its content was being made. Is another process starting?`, {
        cause,
      });
    });
  } else {
    await stopPreviousServer(kept);
  }
  return { path: kept, password };
}

async function isEmpty(dataDir: string): Promise<boolean> {
  const entries = await readdir(dataDir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries.length === 0 || entries.includes("PG_VERSION")) return entries.length === 0;
  throw new Error(`${dataDir} is not empty and holds no PostgreSQL data. Choose another data folder.`);
}
