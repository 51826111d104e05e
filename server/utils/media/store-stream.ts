import { createHash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readDiskSpace } from "../read-disk-space";
import { createTemporaryPath } from "./create-temporary-path";
import { keepFile } from "./keep-file";
import { MediaFailure } from "./media-failure";
import { requireFreeSpace } from "./require-free-space";
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

const FILE_MODE = 0o640;
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
  const temporaryPath = await whileStoring(createTemporaryPath(root));
  const requireSpace = (): Promise<void> => requireFreeSpace(dirname(temporaryPath), keepFreeBytes, readFree);
  await requireSpace();
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

async function readFreeBytes(folder: string): Promise<number> {
  return (await readDiskSpace(folder)).freeBytes;
}
