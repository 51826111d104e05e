import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startStack } from "#dev/stack/start-stack";
import { formatRun, type FailureMark } from "./format-run";
import { GENERIC_SCENARIOS } from "./generic-scenarios";
import { judgeProduction } from "./judge-production";
import { runInspector } from "./run-inspector";
import { runReferee, type RefereeRun, type Revision } from "./run-referee";
import { startKeyProxy } from "./start-key-proxy";

const REVISIONS: readonly Revision[] = ["2025-11-25", "2026-07-28"];
// The referee opens two dozen sessions with one key, and closes few.
const SESSIONS_PER_KEY = 200;

export interface ConformanceOptions {
  readonly serverFile: string;
  /** `production` is what ships; `fixtures` has what the suite calls by name besides. */
  readonly kind: "production" | "fixtures";
  /** A Node of version 22.19 or newer, for the programs that test. */
  readonly node: string;
  readonly resultsDir: string;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

interface Target {
  readonly origin: string;
  readonly apiKey: string;
}

/**
 * Runs one built server under the referee, once for each revision, and the one that ships under the Inspector too.
 *
 * @returns what is wrong, in words; nothing when all is well
 */
export async function runConformance(options: ConformanceOptions): Promise<string[]> {
  const lines: string[] = [];
  await mkdir(options.resultsDir, { recursive: true });
  const stack = await startStack({
    server: { file: options.serverFile },
    serverEnv: { MCP_SESSIONS_PER_KEY: String(SESSIONS_PER_KEY) },
    log: (line) => lines.push(line),
  });
  try {
    const complaints: string[] = [];
    for (const revision of REVISIONS) complaints.push(...(await askReferee(options, revision, stack)));
    if (options.kind === "production") complaints.push(...(await askInspector(options, stack)));
    return complaints;
  } finally {
    await stack.stop();
    await writeFile(join(options.resultsDir, "stack.log"), `${lines.join("\n")}\n`);
  }
}

async function askReferee(
  { kind, node, resultsDir, signal, print }: ConformanceOptions,
  revision: Revision,
  target: Target,
): Promise<string[]> {
  const ownDir = join(resultsDir, revision);
  await mkdir(ownDir);
  // The referee can send no header of its own.
  const proxy = await startKeyProxy(target.origin, target.apiKey);
  try {
    const mcpUrl = `${proxy.origin}/mcp`;
    const run = await runReferee({ node, mcpUrl, revision, resultsDir: ownDir, signal });
    const isProduction = kind === "production";
    const title = `${revision}, ${isProduction ? "as it ships" : "with fixtures"}`;
    const markFailure = (name: string) => (isProduction ? markWithoutFixtures(revision, name) : "FAIL");
    print(`${formatRun(title, run.scenarios, markFailure)}\n`);
    const complaints = isProduction ? judgeProduction(revision, run.scenarios) : judgeRequirements(run);
    return complaints.map((complaint) => `${title}: ${complaint}`);
  } finally {
    await proxy.close();
  }
}

function markWithoutFixtures(revision: Revision, name: string): FailureMark {
  const { passing, partly, empty } = GENERIC_SCENARIOS[revision];
  if (passing.includes(name) || empty.includes(name)) return "FAIL";
  return name in partly ? "part" : "n/a ";
}

function judgeRequirements({ exitCode, scenarios }: RefereeRun): string[] {
  if (exitCode === 0) return [];
  const failing = scenarios
    .filter(({ isScored, failures }) => isScored && failures.length > 0)
    .map(({ name }) => name);
  return [`the referee ends with ${exitCode}: ${failing.join(", ")}`];
}

async function askInspector(
  { node, resultsDir, signal, print }: ConformanceOptions,
  { origin, apiKey }: Target,
): Promise<string[]> {
  const homeDir = join(resultsDir, "inspector");
  await mkdir(homeDir);
  const results = await runInspector({ node, mcpUrl: `${origin}/mcp`, apiKey, homeDir, signal });
  const lines = results.map(
    ({ era, call, complaint }) => `  ${complaint ? "FAIL" : "pass"}  ${era}: ${call}`,
  );
  print(["the Inspector's command line, as it ships", ...lines, ""].join("\n"));
  return results.flatMap(({ era, call, complaint }) =>
    complaint ? [`the Inspector, ${era}: ${call}: ${complaint}`] : [],
  );
}
