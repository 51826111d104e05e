import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SHIPPED = fileURLToPath(new URL("../../../deploy/nginx", import.meta.url));

/** Where a copy of the edge listens, on 127.0.0.1. */
export interface EdgePorts {
  readonly http: number;
  readonly https: number;
  readonly health: number;
}

/**
 * Copies what ships for nginx, with other ports and paths and nothing else changed.
 *
 * @returns its start.sh
 * @throws Error when something that is to be changed is not there
 */
export async function copyEdge(folder: string, ports: EdgePorts): Promise<string> {
  const copy = join(folder, "shipped");
  await cp(SHIPPED, copy, { recursive: true });
  const files = (await readdir(copy, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const changes: readonly (readonly [RegExp, string])[] = [
    [/listen 80\b/g, `listen 127.0.0.1:${ports.http}`],
    [/listen 443\b/g, `listen 127.0.0.1:${ports.https}`],
    [/127\.0\.0\.1:8080/g, `127.0.0.1:${ports.health}`],
    [/(?<=[ =])\/certificates\//g, `${folder}/certificates/`],
    [/root \/acme;/g, `root ${folder}/acme;`],
    [/\/dev\/stdout/g, `${folder}/access.log`],
  ];
  const missing = new Set(changes);
  for (const file of files) {
    let text = await readFile(file, "utf8");
    for (const change of changes) {
      const changed = text.replaceAll(...change);
      if (changed !== text) missing.delete(change);
      text = changed;
    }
    await writeFile(file, text);
  }
  if (missing.size > 0) throw new Error(`not in ${SHIPPED}: ${[...missing].map(([pattern]) => pattern)}`);
  return join(copy, "start.sh");
}
