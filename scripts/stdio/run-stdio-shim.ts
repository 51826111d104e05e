import { setTimeout as sleep } from "node:timers/promises";
import type { Readable, Writable } from "node:stream";
import { createBridge, type Bridge } from "./create-bridge";
import { createHostWriter } from "./create-host-writer";
import { errorReply } from "./error-reply";
import type { ChannelSettings } from "./read-channel-settings";
import { readLines } from "./read-lines";
import { shimErrors } from "./shim-errors";

/** How long a request waits for the server by default, in milliseconds. */
const WAIT_MS = 60_000;
/** Chance that answers under way get after stdin has ended, in milliseconds. */
const LAST_ANSWERS_MS = 1_000;
/** Time for the last bytes to leave when the host reads slowly, in milliseconds. */
const FLUSH_MS = 250;

/** What {@link runStdioShim} needs. */
export interface StdioShimOptions {
  /** The server's MCP address, for example `http://127.0.0.1:3000/mcp`. */
  readonly url: string;
  /** Sent as a Bearer token and never logged; empty sends none. */
  readonly apiKey: string;
  /** JSON-RPC from the host, one message per line. */
  readonly stdin: Readable;
  /** JSON-RPC to the host; nothing else is ever written to it. */
  readonly stdout: Writable;
  /** Ends the shim, as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** How long a request may wait for a server that is away, in milliseconds; 60,000 by default. */
  readonly waitMs?: number;
  /** Present when messages are to be pushed into the host's session. */
  readonly channel?: ChannelSettings;
  /** Takes one line for people. It never holds a key or a message text. */
  log(line: string): void;
}

/**
 * Bridges one MCP host on stdio to the server over Streamable HTTP until stdin ends, stdout closes or the
 * signal aborts; then ends the session. Resolves to the exit code: 0, or 2 when the address or the key
 * cannot be used. It leaves the process and its signal handlers alone.
 */
export async function runStdioShim(options: StdioShimOptions): Promise<number> {
  const { url, apiKey, stdin, stdout, signal, waitMs = WAIT_MS, channel, log } = options;
  const writer = createHostWriter(stdout);
  let bridge: Bridge;
  try {
    bridge = createBridge({ url, apiKey, waitMs, write: writer.write, log, ...(channel && { channel }) });
  } catch (error) {
    log(error instanceof Error ? error.message : "The settings cannot be used.");
    return 2;
  }
  const stop = new AbortController();
  const leave = (): void => stop.abort();
  if (signal?.aborted) leave();
  signal?.addEventListener("abort", leave, { once: true });
  void writer.gone.then(leave);

  const refuseOverlong = (limitBytes: number): void => {
    void writer.write(errorReply(null, shimErrors.parse(`a line has more than ${limitBytes} bytes.`)));
  };
  await readLines(stdin, { onLine: bridge.receive, onOverlong: refuseOverlong }, stop.signal);
  await orStop(bridge.settle(), LAST_ANSWERS_MS, stop.signal);
  await bridge.close();
  await orStop(writer.flush(), FLUSH_MS);
  signal?.removeEventListener("abort", leave);
  return 0;
}

/** Waits for `work`, but no longer than `ms` and not past the signal. */
async function orStop(work: Promise<void>, ms: number, signal?: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const limit = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  const stopped = new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([work, limit, stopped]);
  timer.abort();
}
