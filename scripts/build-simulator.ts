import { cp } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "./bundle-program";
import { isMain } from "./is-main";

/** Bundles the simulator for a staging host: `http/main.mjs`, and beside its folder the page that it serves. */
export async function buildSimulator(folder: string = fromRoot("dist/simulator")): Promise<string> {
  const { file } = await bundleProgram({ entry: "simulator/main.ts", file: join(folder, "http/main.mjs") });
  await cp(fromRoot("simulator/page"), join(folder, "page"), { recursive: true });
  return file;
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (isMain(import.meta.url)) process.stderr.write(`Built ${await buildSimulator()}.\n`);
