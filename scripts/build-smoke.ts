import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleProgram, type Bundle } from "./bundle-program";
import { isMain } from "./is-main";

/** Bundles the smoke test into one executable file that runs on Node 20 and later without node_modules. */
export async function buildSmoke(file: string = fromRoot("dist/wamcp-smoke.mjs")): Promise<Bundle> {
  return bundleProgram({ entry: "scripts/smoke/main.ts", file });
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (isMain(import.meta.url)) {
  const { file, bytes } = await buildSmoke();
  process.stderr.write(`Built ${file} (${Math.round(bytes / 1024)} kB).\n`);
}
