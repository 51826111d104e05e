import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Readable } from "node:stream";
import { collectOutput, type Output } from "./collect-output";

/** A running `wamcp-stdio watch`. */
export interface Watch extends Output {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
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
  const output = collectOutput(child);
  const exited = once(child, "close").then(([code]) => code as unknown);
  return { child, ...output, exitCode: () => exited };
}
