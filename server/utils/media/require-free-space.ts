import { MediaFailure } from "./media-failure";
import { whileStoring } from "./while-storing";

/**
 * Leaves room to others on the volume, such as the database: files come from strangers, as many as they like.
 *
 * @throws MediaFailure `storage`
 */
export async function requireFreeSpace(
  folder: string,
  keepFreeBytes: number,
  readFree: (folder: string) => Promise<number>,
): Promise<void> {
  const freeBytes = await whileStoring(readFree(folder));
  if (freeBytes < keepFreeBytes) throw new MediaFailure("storage", false, { code: "LOW_SPACE" });
}
