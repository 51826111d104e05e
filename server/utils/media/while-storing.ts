import { MediaFailure } from "./media-failure";

/**
 * Does something with the disk. What goes wrong there is nobody's fault who sent or gave a file, and may be mended: it is never
 * final.
 *
 * @throws MediaFailure `storage` with the system's code
 */
export async function whileStoring<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
    throw new MediaFailure("storage", false, { code });
  }
}
