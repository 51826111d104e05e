import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { toJsonLine } from "./to-json-line";
import type { AuditRow } from "./store";

/**
 * Writes rows as gzipped JSON lines to `<dir>/<yyyy>/<mm>/<first id>.jsonl.gz`, readable by the server's user only. It is on
 * disk, whole and under its name, when this resolves; the same rows always make the same file.
 *
 * @returns the file's path
 */
export async function writeArchiveFile(dir: string, rows: readonly AuditRow[]): Promise<string> {
  const first = rows[0];
  if (!first) throw new RangeError("There are no rows to archive.");
  const folder = join(dir, first.at.toISOString().slice(0, "yyyy-mm".length).replace("-", "/"));
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const file = join(folder, `${first.id}.jsonl.gz`);
  const unfinished = `${file}.unfinished`;
  const handle = await open(unfinished, "w", 0o640);
  try {
    await handle.writeFile(gzipSync(rows.map(toJsonLine).join("")));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  await syncFolder(folder);
  return file;
}

// A name that is not on disk yet is lost with the power, and the rows are about to be deleted.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
