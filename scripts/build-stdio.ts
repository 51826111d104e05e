import { realpathSync } from "node:fs";
import { chmod, stat } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What {@link buildStdio} made. */
export interface StdioBuild {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Bundles the stdio shim into one executable file that runs on Node 20 and later without node_modules.
 * Throws when the bundle would need anything but Node's own modules.
 */
export async function buildStdio(file: string = fromRoot("dist/wamcp-stdio.mjs")): Promise<StdioBuild> {
  const { metafile } = await build({
    entryPoints: [fromRoot("scripts/stdio/wamcp-stdio.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: "#!/usr/bin/env node" },
    charset: "utf8",
    metafile: true,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const foreign = imports.filter(({ path, external }) => external === true && !path.startsWith("node:"));
  if (foreign.length > 0)
    throw new Error(`The stdio shim must stand alone, but imports ${foreign[0]?.path}.`);
  await chmod(file, 0o755);
  return { file, bytes: (await stat(file)).size };
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

// Node names the script as it was called and the module by its real path.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { file, bytes } = await buildStdio();
  process.stderr.write(`Built ${file} (${Math.round(bytes / 1024)} kB).\n`);
}
