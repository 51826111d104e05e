import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Readable } from "node:stream";

/** A running `wamcp-stdio watch`. */
export interface Watch {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Lines on stdout so far. */
  readonly lines: string[];
  stderr(): string;
  /** Known when everything that it wrote was read. */
  exitCode(): Promise<unknown>;
}

/** Starts `file watch` with nothing on stdin. */
export function spawnWatch(
  file: string,
  server: { readonly url: string; readonly apiKey: string },
  args: readonly string[] = [],
  more: Record<string, string> = {},
): Watch {
  const env = {
    PATH: process.env.PATH ?? "",
    WAMCP_URL: server.url,
    WAMCP_API_KEY: server.apiKey,
    ...more,
  };
  const child = spawn(process.execPath, [file, "watch", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let rest = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const exited = once(child, "close").then(([code]) => code as unknown);
  return { child, lines, stderr: () => stderr, exitCode: () => exited };
}
