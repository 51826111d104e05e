import { join } from "node:path";
import { newId } from "../ids";
import { makeFolder } from "./make-folder";

// In the root, because a rename does not leave a file system.
const INCOMING = ".incoming";

/** A path at which a file may grow before it has its name. Makes the folder, not the file. */
export async function createTemporaryPath(root: string): Promise<string> {
  const folder = join(root, INCOMING);
  await makeFolder(folder);
  return join(folder, `${newId()}.part`);
}
