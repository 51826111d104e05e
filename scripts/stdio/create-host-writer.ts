import type { Writable } from "node:stream";

/** The way to the host: one JSON-RPC message per line. */
export interface HostWriter {
  /** Writes one message; resolves when the host has room for more, so that a slow host slows the server. */
  write(text: string): Promise<void>;
  /** Resolves when everything written so far has left the process. */
  flush(): Promise<void>;
  /** Resolves when the host has gone (EPIPE or a closed stream). */
  readonly gone: Promise<void>;
}

/** Wraps stdout. Line breaks inside a message are JSON white space there and become blanks (MCP, stdio transport). */
export function createHostWriter(stdout: Writable): HostWriter {
  let isGone = false;
  let drained: Promise<void> | undefined;
  const gone = new Promise<void>((resolve) => {
    const leave = (): void => {
      isGone = true;
      resolve();
    };
    // Never removed: each further write to a closed pipe reports EPIPE again, and unheard it would end the process.
    stdout.on("error", leave);
    stdout.on("close", leave);
  });

  const waitForDrain = (): Promise<void> => {
    drained ??= Promise.race([new Promise<void>((resolve) => stdout.once("drain", resolve)), gone]).finally(
      () => (drained = undefined),
    );
    return drained;
  };

  return {
    gone,
    async write(text) {
      if (isGone) return;
      const line = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, " ") : text;
      if (!stdout.write(`${line}\n`)) await waitForDrain();
    },
    async flush() {
      if (isGone) return;
      await Promise.race([new Promise<void>((resolve) => stdout.write("", () => resolve())), gone]);
    },
  };
}
