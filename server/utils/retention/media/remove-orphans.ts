import { opendir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { SystemContext } from "../../context";
import { listKnownPaths, type ForgottenFile } from "./store";

// Whoever writes a file says so in its row soon after; a crash in between leaves a file that nobody will ever name.
const YOUNG_MS = 24 * 60 * 60_000;
const BATCH = 500;
const NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?:[a-z0-9.]{1,12})$/;

/**
 * Removes files that no row names: what a crash left between writing and saying so, or between saying and removing. What does
 * not look like one of ours is left alone. Returns how many.
 */
export async function removeOrphans(ctx: SystemContext): Promise<number> {
  const { root } = ctx.config.media;
  let removed = 0;
  let batch: ForgottenFile[] = [];
  const look = async (): Promise<void> => {
    const known = await listKnownPaths(ctx.database.system, batch);
    for (const { path } of batch) {
      if (!path || known.has(path)) continue;
      await rm(join(root, path), { force: true });
      removed += 1;
    }
    batch = [];
  };
  for await (const path of walk(root)) {
    const id = NAME.exec(path.slice(path.lastIndexOf("/") + 1))?.[1];
    if (!id || !(await isOld(join(root, path), ctx.clock.now()))) continue;
    batch.push({ id, path });
    if (batch.length === BATCH) await look();
  }
  await look();
  return removed;
}

async function* walk(root: string): AsyncGenerator<string> {
  const folder = await opendir(root, { recursive: true }).catch(() => undefined);
  if (!folder) return;
  for await (const entry of folder) {
    const path = relative(root, join(entry.parentPath, entry.name));
    // What grows there is somebody's at this moment, or was: it has no row by its name in either case.
    if (entry.isFile()) yield path;
  }
}

async function isOld(path: string, now: Date): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  // A second name of an old file was given just now, and the bytes are as old as they were.
  return now.getTime() - Math.max(found.mtimeMs, found.ctimeMs) > YOUNG_MS;
}
