import { fileURLToPath } from "node:url";
import { runProgram } from "./run-program";

// The package has programs and nothing to import.
const INSPECTOR = fileURLToPath(
  new URL(
    "../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
    import.meta.url,
  ),
);
const ERAS = ["legacy", "auto", "modern"] as const;

interface InspectorCall {
  readonly args: readonly string[];
  /** What the result must have: a list with something in it, or an object. */
  readonly yields: string;
}

const CALLS: readonly InspectorCall[] = [
  { args: ["tools/list", "--strict"], yields: "tools" },
  { args: ["tools/call", "--tool-name", "ping"], yields: "structuredContent" },
  { args: ["tools/call", "--tool-name", "list_numbers"], yields: "structuredContent" },
  { args: ["resources/list"], yields: "resources" },
  { args: ["resources/read", "--uri", "wamcp://inbox"], yields: "contents" },
  { args: ["prompts/list"], yields: "prompts" },
];

export interface InspectorResult {
  readonly era: (typeof ERAS)[number];
  readonly call: string;
  /** What went wrong; undefined when nothing did. */
  readonly complaint: string | undefined;
}

export interface InspectorOptions {
  /** A Node of version 22.19 or newer. */
  readonly node: string;
  readonly mcpUrl: string;
  readonly apiKey: string;
  readonly homeDir: string;
  readonly signal: AbortSignal;
}

/** Uses the server through the official Inspector's command line, as a client of each era and as one that finds out. */
export async function runInspector(options: InspectorOptions): Promise<InspectorResult[]> {
  const results: InspectorResult[] = [];
  for (const era of ERAS) {
    for (const call of CALLS) {
      results.push({ era, call: call.args.join(" "), complaint: await inspect(options, era, call) });
    }
  }
  return results;
}

async function inspect(
  { node, mcpUrl, apiKey, homeDir, signal }: InspectorOptions,
  era: string,
  { args, yields }: InspectorCall,
): Promise<string | undefined> {
  const target = ["--cli", mcpUrl, "--transport", "http", "--header", `Authorization: Bearer ${apiKey}`];
  const options = ["--protocol-era", era, "--format", "json", "--method", ...args];
  const run = await runProgram(node, [INSPECTOR, ...target, ...options], { homeDir, signal });
  if (run.exitCode !== 0) return `exit code ${run.exitCode}: ${run.stderr.trim().slice(0, 500)}`;
  const { result } = JSON.parse(run.stdout) as { result?: Record<string, unknown> };
  const found = result?.[yields];
  const isThere = Array.isArray(found) ? found.length > 0 : typeof found === "object" && found !== null;
  return isThere ? undefined : `the result has no ${yields}`;
}
