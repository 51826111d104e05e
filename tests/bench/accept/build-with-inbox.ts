import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAM = fileURLToPath(new URL("./server-with-inbox.ts", import.meta.url));
const BUILD_TIMEOUT_MS = 300_000;

/**
 * Builds the server with one of the inboxes beside this file in the place of its own. So all sides have the same HTTP stack,
 * route, reading of the body, signature check, pool and work behind the answer. In a process of its own: what a build leaves
 * behind in memory would be the client's.
 *
 * @returns the server's file
 */
export async function buildWithInbox(inbox: "plain" | "prepared", folder: string): Promise<string> {
  const inboxFile = fileURLToPath(new URL(`./${inbox}-webhook-inbox.ts`, import.meta.url));
  const output = join(folder, inbox);
  await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM, inboxFile, output], {
    cwd: ROOT,
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return join(output, "output/server/index.mjs");
}
