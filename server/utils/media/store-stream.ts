import { createHash } from "node:crypto";
import { copyFile, link, mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newId } from "../ids";
import { readDiskSpace } from "../read-disk-space";
import { requireFreeSpace } from "./require-free-space";
import { MediaFailure } from "./media-failure";
import { whileStoring } from "./while-storing";

/** Where files lie, and how much of it is left to others. */
export interface MediaDisk {
  readonly root: string;
  /** No file is stored while the volume has less room than that. */
  readonly keepFreeBytes: number;
}

/** Bytes that are on the disk and have no name yet. */
export interface StoredBytes {
  /** For looking into it; it goes away with `keep` or `discard`. */
  readonly temporaryPath: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /**
   * Gives it its place below the root, instead of whatever was there.
   *
   * @throws MediaFailure `storage`
   */
  keep(path: string): Promise<void>;
  discard(): Promise<void>;
}

/** Where files grow. In the root, because a rename does not leave a file system. */
export const INCOMING = ".incoming";
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;
const LOOK_EVERY_BYTES = 8_000_000;

/**
 * Writes a stream to a temporary file while counting and hashing it. Holds one chunk at a time.
 *
 * @param readFree how much room the volume has; a test's own
 * @throws MediaFailure `too_large` as soon as it is, `storage` when the disk does not take it, and whatever the stream throws;
 * nothing stays then
 */
export async function storeStream(
  { root, keepFreeBytes }: MediaDisk,
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
  readFree = readFreeBytes,
): Promise<StoredBytes> {
  const folder = join(root, INCOMING);
  await whileStoring(mkdir(folder, { recursive: true, mode: FOLDER_MODE }));
  const requireSpace = (): Promise<void> => requireFreeSpace(folder, keepFreeBytes, readFree);
  await requireSpace();
  const temporaryPath = join(folder, `${newId()}.part`);
  const discard = (): Promise<void> => rm(temporaryPath, { force: true });
  const file = await whileStoring(open(temporaryPath, "wx", FILE_MODE));
  try {
    const written = await writeAll(file, body, limitBytes, requireSpace).finally(() => file.close());
    const keep = (path: string): Promise<void> => whileStoring(keepFile(temporaryPath, join(root, path)));
    return { temporaryPath, ...written, discard, keep };
  } catch (error) {
    // A disk that fails may not take this either; the orphan is found later.
    await discard().catch(() => {});
    throw error;
  }
}

/**
 * Gives a file a second name: either can go without the other. A file that has all the names that the disk gives one is copied.
 *
 * @param giveName gives one; a test's own
 */
export async function linkFile(root: string, from: string, to: string, giveName = link): Promise<void> {
  const folder = join(root, INCOMING);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const temporaryPath = join(folder, `${newId()}.part`);
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

async function writeAll(
  file: FileHandle,
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
  requireSpace: () => Promise<void>,
) {
  const hash = createHash("sha256");
  let [sizeBytes, lookedAt] = [0, 0];
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new MediaFailure("too_large", true, { limit: limitBytes });
    if (sizeBytes - lookedAt >= LOOK_EVERY_BYTES) {
      await requireSpace();
      lookedAt = sizeBytes;
    }
    hash.update(chunk);
    for (let offset = 0; offset < chunk.length;) {
      offset += (await whileStoring(file.write(chunk, offset))).bytesWritten;
    }
  }
  await whileStoring(file.chmod(FILE_MODE));
  // The row that says "ready" must not outlive the bytes.
  await whileStoring(file.sync());
  return { sizeBytes, sha256: hash.digest("hex") };
}

async function keepFile(temporaryPath: string, path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await rename(temporaryPath, path);
  // rename(2) does nothing when both are names of one file.
  await rm(temporaryPath, { force: true });
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

async function readFreeBytes(folder: string): Promise<number> {
  return (await readDiskSpace(folder)).freeBytes;
}
