import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { checkConnection } from "./check-connection";
import { runStdioShim } from "./run-stdio-shim";

const USAGE = `Usage: wamcp-stdio [--check]

An MCP server on stdio that carries every message to a remote WhatsApp MCP server.

  --check   connect, list the tools, say what was found, and exit with 0 or 1
  --help    show this text

Settings come from the environment:

  WAMCP_URL       the server's address, for example http://127.0.0.1:3000/mcp
  WAMCP_API_KEY   the API key, wamcp_live_...
  WAMCP_WAIT_MS   how long a request waits for a server that is away (60000)

In a host's configuration:

  "whatsapp": {
    "command": "node",
    "args": ["/path/to/wamcp-stdio.mjs"],
    "env": { "WAMCP_URL": "https://wa.example/mcp", "WAMCP_API_KEY": "wamcp_live_..." }
  }
`;

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

/** Runs the command line and resolves to its exit code: 0, 1 for a failed check, 2 for wrong use. */
export async function runCli({ argv, env, stdin, stdout, stderr, signal }: CliOptions): Promise<number> {
  const log = (line: string): void => void stderr.write(`wamcp-stdio: ${line}\n`);
  const flags = readFlags(argv);
  if (flags === undefined) {
    // The argument itself is not repeated: it may be a key in the wrong place.
    log("An argument is not known.");
    stderr.write(`\n${USAGE}`);
    return 2;
  }
  if (flags.help) {
    stderr.write(USAGE);
    return 0;
  }
  const url = env.WAMCP_URL?.trim() ?? "";
  const apiKey = env.WAMCP_API_KEY?.trim() ?? "";
  const wait = env.WAMCP_WAIT_MS?.trim() || undefined;
  if (url === "") {
    log("WAMCP_URL is not set, so there is no server to connect to.");
    stderr.write(`\n${USAGE}`);
    return 2;
  }
  if (wait !== undefined && !/^\d{1,9}$/.test(wait)) {
    log("WAMCP_WAIT_MS is not a number of milliseconds.");
    return 2;
  }
  if (apiKey === "") log("WAMCP_API_KEY is not set; the server will probably refuse.");
  const options = { url, apiKey, signal, log, ...(wait !== undefined && { waitMs: Number(wait) }) };
  return flags.check ? await checkConnection(options) : await runStdioShim({ ...options, stdin, stdout });
}

function readFlags(argv: readonly string[]): { check: boolean; help: boolean } | undefined {
  try {
    const options = { check: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    return { check: values.check ?? false, help: values.help ?? false };
  } catch {
    return undefined;
  }
}
