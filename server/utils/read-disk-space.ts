import { statfs } from "node:fs/promises";

/** How much room the file system of a folder has, in bytes. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * Reads how much room there is for whoever is not root.
 *
 * @throws when there is no such folder
 */
export async function readDiskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
