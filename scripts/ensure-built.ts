import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = [
  "server",
  "db",
  "scripts/stdio",
  "scripts/build-stdio.ts",
  "scripts/bundle-program.ts",
  "scripts/is-main.ts",
  "nitro.config.ts",
  "package.json",
  "pnpm-lock.yaml",
  "tsconfig.json",
];
const STAMP = join(ROOT, ".output", "sources.sha256");
const SERVER = join(ROOT, ".output/server/index.mjs");
const SHIM = join(ROOT, "dist/wamcp-stdio.mjs");

/** The built server and the built shim. */
export interface Built {
  readonly serverFile: string;
  readonly shimFile: string;
}

/** Builds the server and the shim, unless what they are made of is what they were built from. */
export async function ensureBuilt(log: (line: string) => void): Promise<Built> {
  const built = { serverFile: SERVER, shimFile: SHIM };
  const digest = await digestSources();
  const stamp = await readFile(STAMP, "utf8").catch(() => "");
  if (stamp === digest && existsSync(SERVER) && existsSync(SHIM)) return built;
  log("building the server and the shim");
  await run("node_modules/nitropack/dist/cli/index.mjs", ["build"]);
  await run("node_modules/tsx/dist/cli.mjs", ["scripts/build-stdio.ts"]);
  await mkdir(join(ROOT, ".output"), { recursive: true });
  await writeFile(STAMP, digest);
  return built;
}

async function run(script: string, args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
}

async function digestSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await listFiles(join(ROOT, source))) {
      hash
        .update(file.slice(ROOT.length))
        .update("\0")
        .update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (!entries) return existsSync(path) ? [path] : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
