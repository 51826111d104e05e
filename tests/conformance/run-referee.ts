import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram, type ProgramOptions } from "./run-program";

// The package has a program and nothing to import.
const REFEREE = fileURLToPath(
  new URL("../../node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url),
);
const FOLDER = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** A revision that the suite has a requirement set for. */
export type Revision = "2025-11-25" | "2026-07-28";

/** One scenario's checks. */
export interface ScenarioResult {
  readonly name: string;
  /** Whether the requirement set counts it; the others run for information. */
  readonly isScored: boolean;
  readonly passed: number;
  readonly warned: number;
  /** The checks that failed. */
  readonly failures: readonly string[];
}

export interface RefereeRun {
  readonly exitCode: number | null;
  readonly scenarios: readonly ScenarioResult[];
}

export interface RefereeOptions {
  /** A Node of version 22 or newer. */
  readonly node: string;
  readonly mcpUrl: string;
  readonly revision: Revision;
  /** Where it writes what it saw. */
  readonly resultsDir: string;
  readonly signal: AbortSignal;
}

/** Holds a server against everything that one revision requires, and reads the referee's results. */
export async function runReferee(options: RefereeOptions): Promise<RefereeRun> {
  const { node, mcpUrl, revision, resultsDir, signal } = options;
  const limits = { homeDir: resultsDir, signal };
  const scored = await listScored(node, revision, limits);
  const args = [REFEREE, "server", "--url", mcpUrl, "--requirements", revision, "-o", resultsDir];
  const { exitCode, stdout, stderr } = await runProgram(node, args, limits);
  await writeFile(join(resultsDir, "output.txt"), stdout + stderr);
  const scenarios = await readResults(resultsDir, scored);
  const missing = scored.filter((name) => scenarios.every((scenario) => scenario.name !== name));
  if (missing.length > 0)
    throw new Error(`the referee ran no ${missing.join(", ")}\n${stderr.slice(-2_000)}`);
  return { exitCode, scenarios };
}

async function listScored(node: string, revision: Revision, limits: ProgramOptions): Promise<string[]> {
  const { stdout } = await runProgram(node, [REFEREE, "list", "--requirements", revision], limits);
  const [, serverPart = ""] = stdout.split(/^Server scenarios.*$/m);
  const [names = ""] = serverPart.split(/^Client scenarios.*$/m);
  const scored = [...names.matchAll(/^\s+- (\S+)$/gm)].map(([, name = ""]) => name);
  if (scored.length === 0) throw new Error(`the referee knows no requirements of ${revision}`);
  return scored;
}

async function readResults(resultsDir: string, scored: readonly string[]): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const folder of (await readdir(resultsDir)).toSorted()) {
    const name = FOLDER.exec(folder)?.[1];
    if (name === undefined) continue;
    const checks = await readChecks(join(resultsDir, folder, "checks.json"));
    const having = (status: string) => checks.filter((check) => check.status === status);
    results.push({
      name,
      isScored: scored.includes(name),
      passed: having("SUCCESS").length,
      warned: having("WARNING").length,
      failures: having("FAILURE").map(({ id }) => id),
    });
  }
  return results;
}

interface Check {
  readonly id: string;
  readonly status: string;
}

async function readChecks(file: string): Promise<Check[]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  // A scenario that broke off leaves no file.
  if (text === undefined) return [{ id: "broke-off", status: "FAILURE" }];
  return JSON.parse(text) as Check[];
}
