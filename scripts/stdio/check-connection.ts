import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { isRecord } from "./is-record";
import { parseJson } from "./parse-json";
import { runStdioShim, type StdioShimOptions } from "./run-stdio-shim";

/** Somebody waits for the result of a check. */
const CHECK_WAIT_MS = 10_000;
const PROTOCOL_VERSION = "2025-11-25";
/** More pages than any list has. */
const PAGE_LIMIT = 50;

/**
 * Connects as a host would, opens a session, lists the tools and tells `log` what it found. Resolves to
 * the exit code: 0 when all of that worked, else 1, or 2 when the settings cannot be used.
 */
export async function checkConnection(options: Omit<StdioShimOptions, "stdin" | "stdout">): Promise<number> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const running = runStdioShim({ waitMs: CHECK_WAIT_MS, ...options, stdin, stdout });
  const host = createHost(stdin, stdout);
  const exitCode = running.then((code) => ({ code }));
  const outcome = await Promise.race([inspect(host, options.log), exitCode]);
  stdin.end();
  const stopped = await exitCode;
  return outcome === true ? 0 : Math.max(1, stopped.code);
}

interface Host {
  tell(method: string): void;
  /** The result; an Error with the server's message when it is an error. */
  ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>>;
}

async function inspect(host: Host, log: (line: string) => void): Promise<boolean> {
  try {
    const clientInfo = { name: "wamcp-stdio-check", version: "1" };
    const opened = await host.ask("initialize", {
      protocolVersion: PROTOCOL_VERSION,
      capabilities: {},
      clientInfo,
    });
    host.tell("notifications/initialized");
    const server = isRecord(opened.serverInfo) ? opened.serverInfo : {};
    log(`Connected to ${server.name} ${server.version}, protocol ${opened.protocolVersion}.`);
    const names = await listToolNames(host);
    log(`${names.length} tools: ${names.join(", ")}`);
    return true;
  } catch (error) {
    log(error instanceof Error ? error.message : "The check failed.");
    return false;
  }
}

async function listToolNames(host: Host): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGE_LIMIT; page++) {
    const result = await host.ask("tools/list", cursor === undefined ? {} : { cursor });
    for (const tool of Array.isArray(result.tools) ? result.tools : []) {
      if (isRecord(tool)) names.push(String(tool.name));
    }
    if (typeof result.nextCursor !== "string") break;
    cursor = result.nextCursor;
  }
  return names;
}

function createHost(stdin: PassThrough, stdout: PassThrough): Host {
  const waiting = new Map<unknown, (answer: Record<string, unknown>) => void>();
  createInterface({ input: stdout }).on("line", (line) => {
    const answer = parseJson(line);
    if (isRecord(answer)) waiting.get(answer.id)?.(answer);
  });
  let lastId = 0;
  return {
    tell: (method) => void stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method })}\n`),
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, ({ result, error }) => {
          if (isRecord(result)) resolve(result);
          else reject(new Error(isRecord(error) ? String(error.message) : `${method} was not answered.`));
        });
        stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      }),
  };
}
