import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "./make-folder";

/** Gives a temporary file its place, instead of whatever was there. Its name is on the disk when this returns. */
export async function keepFile(temporaryPath: string, path: string): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  await rename(temporaryPath, path);
  // rename(2) does nothing when both are names of one file.
  await rm(temporaryPath, { force: true });
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
