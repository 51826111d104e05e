import { PassThrough } from "node:stream";
import type { ChannelSettings } from "../../../../scripts/stdio/read-channel-settings";
import { runStdioShim } from "../../../../scripts/stdio/run-stdio-shim";

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The shim, running inside the test. */
export interface RunningShim {
  /** Lines on stdout. */
  readonly lines: string[];
  /** Lines of the log. */
  readonly logged: string[];
  /** Writes lines to stdin: text as it is, anything else as JSON. */
  say(...lines: unknown[]): void;
  /** The parsed answer to a request of the host. */
  answerTo(id: unknown): Answer | undefined;
  /** Ends stdin and gives the exit code. */
  end(): Promise<number>;
}

/** The host's part of the handshake. */
const HANDSHAKE = [
  {
    jsonrpc: "2.0",
    id: "init",
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "h", version: "1" } },
  },
  { jsonrpc: "2.0", method: "notifications/initialized" },
] as const;

interface ShimOptions {
  readonly waitMs?: number;
  readonly apiKey?: string;
  readonly channel?: ChannelSettings;
}

/** Starts the shim and says the handshake. */
export function startShim(url: string, options: ShimOptions = {}): RunningShim {
  const { waitMs = 5_000, apiKey = "wamcp_live_key", channel } = options;
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const lines: string[] = [];
  const logged: string[] = [];
  let rest = "";
  stdout.on("data", (chunk) => {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  const log = (line: string): void => void logged.push(line);
  const exit = runStdioShim({ url, apiKey, stdin, stdout, waitMs, log, ...(channel && { channel }) });
  const say = (...messages: unknown[]): void => {
    for (const message of messages)
      stdin.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
  };
  say(...HANDSHAKE);
  return {
    lines,
    logged,
    say,
    answerTo: (id) =>
      lines
        .map((line) => JSON.parse(line) as Answer & { id?: unknown; method?: unknown })
        .find((message) => message.id === id && message.method === undefined),
    end: () => {
      stdin.end();
      return exit;
    },
  };
}
