import { setTimeout as sleep } from "node:timers/promises";
import type { Writable } from "node:stream";
import { createHostWriter } from "./create-host-writer";
import { createToolCaller } from "./create-tool-caller";
import { createUpstream, type Upstream } from "./create-upstream";
import { followMessages, type MessageFilter } from "./follow-messages";
import { openOwnSession } from "./open-own-session";

/** How long the server may be away when the watch begins, in milliseconds. */
const WAIT_MS = 60_000;

/** What {@link watchMessages} needs. */
export interface WatchOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Takes one line of JSON per message, and nothing else. */
  readonly stdout: Writable;
  readonly filter: MessageFilter;
  readonly since: "now" | "unread";
  readonly signal: AbortSignal;
  readonly waitMs?: number;
  /** Takes one line for people. It never holds a key or a message text. */
  log(line: string): void;
}

/**
 * Writes every inbound message as one line of JSON, as the server gives it, until the signal aborts or stdout
 * closes. Resolves to the exit code: 0 then, 1 when the server cannot be reached at first or refuses, 2 when
 * the address or the key cannot be used.
 */
export async function watchMessages(options: WatchOptions): Promise<number> {
  const { url, apiKey, stdout, filter, since, signal, waitMs = WAIT_MS, log } = options;
  let upstream: Upstream;
  try {
    upstream = createUpstream({ url, apiKey, waitMs, write: async () => undefined, log });
  } catch (error) {
    log(error instanceof Error ? error.message : "The settings cannot be used.");
    return 2;
  }
  const writer = createHostWriter(stdout);
  const stop = new AbortController();
  let closing: Promise<void> | undefined;
  const leave = (): void => {
    stop.abort();
    closing ??= upstream.close();
  };
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  void writer.gone.then(leave);

  const refusal = await openOwnSession({ upstream, waitMs, log });
  const reason =
    refusal?.message ??
    (await followMessages({
      callTool: createToolCaller(upstream),
      filter,
      since,
      signal: stop.signal,
      onMessage: (message) => writer.write(JSON.stringify(message)),
      pause: async (ms, until) => void (await sleep(ms, undefined, { signal: until }).catch(() => undefined)),
      log,
    }));
  const isOver = stop.signal.aborted;
  leave();
  await closing;
  if (isOver || reason === undefined) return 0;
  log(reason);
  return 1;
}
