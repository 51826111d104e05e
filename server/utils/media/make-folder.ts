import { mkdir } from "node:fs/promises";

const FOLDER_MODE = 0o750;

/** Makes a folder of files, with whatever is above it; one that is there stays as it is. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}
