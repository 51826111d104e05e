import { chmod, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isBuiltin } from "node:module";
import { build } from "esbuild";

/** A bundled program. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

export interface BundleOptions {
  /** The program's entry, from the repository's root. */
  readonly entry: string;
  readonly file: string;
}

// Packages in CommonJS that were bundled ask for Node's modules with `require`, which an ES module does not have.
const BANNER = `#!/usr/bin/env node
import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

/**
 * Bundles a program into one executable file that runs on Node 20 and later without node_modules.
 * Throws when the bundle would need anything but Node's own modules.
 */
export async function bundleProgram({ entry, file }: BundleOptions): Promise<Bundle> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`../${entry}`, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: BANNER },
    charset: "utf8",
    metafile: true,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const foreign = imports.find(({ path, external }) => external === true && !isBuiltin(path));
  if (foreign) throw new Error(`${entry} must stand alone, but imports ${foreign.path}.`);
  await chmod(file, 0o755);
  return { file, bytes: (await stat(file)).size };
}
