import { copyFile, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryPath } from "./create-temporary-path";
import { keepFile } from "./keep-file";

/**
 * Gives a file a second name: either can go without the other. A file that has all the names that the disk gives one is copied.
 *
 * @param giveName gives one; a test's own
 */
export async function linkFile(root: string, from: string, to: string, giveName = link): Promise<void> {
  const temporaryPath = await createTemporaryPath(root);
  try {
    await giveName(join(root, from), temporaryPath);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EMLINK")) throw error;
    await copyWhole(join(root, from), temporaryPath);
  }
  await keepFile(temporaryPath, join(root, to));
}

async function copyWhole(from: string, temporaryPath: string): Promise<void> {
  try {
    await copyFile(from, temporaryPath);
    const copy = await open(temporaryPath);
    await copy.sync().finally(() => copy.close());
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => {});
    throw error;
  }
}
