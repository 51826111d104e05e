import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleProgram, type Bundle } from "./bundle-program";
import { isMain } from "./is-main";

/** Bundles the program that migrates the database into one file. The migrations themselves stay beside the server. */
export async function buildMigrate(file: string = fromRoot("dist/wamcp-migrate.mjs")): Promise<Bundle> {
  return bundleProgram({ entry: "scripts/migrate/main.ts", file });
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (isMain(import.meta.url)) {
  const { file, bytes } = await buildMigrate();
  process.stderr.write(`Built ${file} (${Math.round(bytes / 1024)} kB).\n`);
}
