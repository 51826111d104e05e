import { MediaFailure } from "../media-failure";
import { whileStoring } from "../while-storing";

/**
 * Does something with a file that should be here. One that is gone stays gone; anything else is the disk's trouble.
 *
 * @throws MediaFailure `not_found` or `storage`
 */
export async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await whileStoring(work);
  } catch (error) {
    if (!(error instanceof MediaFailure) || error.more.code !== "ENOENT") throw error;
    throw new MediaFailure("not_found", true, { field: "media_id" });
  }
}
