import type { Readable, Writable } from "node:stream";
import { checkConnection } from "./check-connection";
import { readArguments } from "./read-arguments";
import { readChannelSettings, type ChannelSettings } from "./read-channel-settings";
import { runStdioShim } from "./run-stdio-shim";
import { USAGE } from "./usage";
import { watchMessages } from "./watch-messages";

/** What {@link runCli} needs of the process. */
export interface CliOptions {
  /** Arguments after the script's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
}

/**
 * Runs the command line and resolves to its exit code: 0, 1 for a failed check or a watch that was refused,
 * 2 for wrong use.
 */
export async function runCli({ argv, env, stdin, stdout, stderr, signal }: CliOptions): Promise<number> {
  const log = (line: string): void => void stderr.write(`wamcp-stdio: ${line}\n`);
  const command = readArguments(argv);
  if (command === undefined) {
    // The argument itself is not repeated: it may be a key in the wrong place.
    log("An argument is not known or cannot be used.");
    stderr.write(`\n${USAGE}`);
    return 2;
  }
  if (command.kind === "help") {
    stderr.write(USAGE);
    return 0;
  }
  const server = readServer(env, log);
  if (server === undefined) {
    stderr.write(`\n${USAGE}`);
    return 2;
  }
  const options = { ...server, signal, log };
  if (command.kind === "check") return await checkConnection(options);
  if (command.kind === "watch") return await watchMessages({ ...options, ...command, stdout });
  let channel: ChannelSettings | undefined;
  try {
    channel = readChannelSettings(env, log);
  } catch (error) {
    log(error instanceof Error ? error.message : "The settings cannot be used.");
    return 2;
  }
  return await runStdioShim({ ...options, stdin, stdout, ...(channel && { channel }) });
}

interface ServerSettings {
  readonly url: string;
  readonly apiKey: string;
  readonly waitMs?: number;
}

function readServer(env: CliOptions["env"], log: (line: string) => void): ServerSettings | undefined {
  const url = env.WAMCP_URL?.trim() ?? "";
  const apiKey = env.WAMCP_API_KEY?.trim() ?? "";
  const wait = env.WAMCP_WAIT_MS?.trim() || undefined;
  if (url === "") {
    log("WAMCP_URL is not set, so there is no server to connect to.");
    return undefined;
  }
  if (wait !== undefined && !/^\d{1,9}$/.test(wait)) {
    log("WAMCP_WAIT_MS is not a number of milliseconds.");
    return undefined;
  }
  if (apiKey === "") log("WAMCP_API_KEY is not set; the server will probably refuse.");
  return { url, apiKey, ...(wait !== undefined && { waitMs: Number(wait) }) };
}
