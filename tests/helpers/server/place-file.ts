import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Puts bytes where a file's row says that they lie. */
export async function placeFile(root: string, path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), bytes);
}
