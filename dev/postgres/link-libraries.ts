import { readFile, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

interface LibraryLink {
  /** The library's file, relative to the package's folder. */
  readonly source: string;
  /** The name the programs look for, relative to the package's folder. */
  readonly target: string;
}

/**
 * Makes the library links that the package's install script would make; install scripts are blocked here.
 * Safe when two processes do it at once.
 *
 * @param native the package's `native` folder, or a copy of it
 * @throws the file system's error when a link is missing and cannot be made, `EACCES` or `EROFS` for instance
 */
export async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as LibraryLink[];
  await Promise.all(links.map((link) => makeLink(native, link)));
}

async function makeLink(native: string, link: LibraryLink): Promise<void> {
  try {
    await symlink(basename(link.source), join(dirname(native), link.target));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
