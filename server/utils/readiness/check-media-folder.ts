import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeFileError } from "../describe-file-error";
import { newId } from "../ids";
import { readDiskSpace } from "../read-disk-space";
import type { CheckState } from "./check-state";

// Ten of the largest files that WhatsApp has.
const LOW_BYTES = 1024 ** 3;

/**
 * Whether media can be stored: writes a file and takes it away again. A disk that is full is degraded: neither a restart nor
 * another process has more of it, and messages without media go on. A folder that may not be written is a wrong deployment.
 */
export async function checkMediaFolder(root: string, readSpace = readDiskSpace): Promise<CheckState> {
  const probe = join(root, `.probe-${newId()}`);
  try {
    await mkdir(root, { recursive: true, mode: 0o750 });
    await writeFile(probe, "probe", { mode: 0o640, flag: "wx" });
  } catch (error) {
    const code = describeFileError(error);
    return code === "disk_full" ? { state: "degraded", code } : { state: "failed", code };
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
  const { freeBytes } = await readSpace(root);
  return freeBytes < LOW_BYTES ? { state: "degraded", code: "disk_low" } : { state: "ok" };
}
