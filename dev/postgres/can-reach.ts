import { stat } from "node:fs/promises";
import { dirname } from "node:path";

import type { RunUser } from "./find-run-user";

const READ_AND_PASS = 0o5;
const PASS = 0o1;

/**
 * Whether another user may read a file or folder, judged by the mode bits on the way to it. A home folder
 * with mode 0700 anywhere above is the usual reason for "no".
 *
 * @param path absolute; a missing path cannot be reached
 * @param user `undefined` stands for this process's own user, who is always said to reach it
 */
export async function canReach(path: string, user: RunUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  if (!(await allows(path, user, READ_AND_PASS))) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!(await allows(folder, user, PASS))) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function allows(path: string, user: RunUser, bits: number): Promise<boolean> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) return false;
  const shift = entry.uid === user.uid ? 6 : entry.gid === user.gid ? 3 : 0;
  return ((entry.mode >> shift) & bits) === bits;
}
