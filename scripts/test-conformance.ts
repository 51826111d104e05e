import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFixtureServer } from "#tests/conformance/build-fixture-server";
import { findNewNode } from "#tests/conformance/find-new-node";
import { runConformance } from "#tests/conformance/run-conformance";
import { ensureBuilt } from "./ensure-built";

const LIMIT_MS = 9 * 60_000;
// For ending what was started.
const GRACE_MS = 60_000;

/**
 * Holds the built server against the official conformance suite and the Inspector: `pnpm test:conformance`. Once as it ships, for
 * what needs no fixture, and once with the fixtures that the suite calls by name, for everything that each revision requires.
 */
async function main(): Promise<void> {
  const workDir = await mkdtemp(join(tmpdir(), "wamcp-conformance-"));
  const resultsDir = join(workDir, "results");
  let complaints: string[] | undefined;
  // Whatever hangs, it ends: the processes that were started end with this one.
  setTimeout(giveUp, LIMIT_MS + GRACE_MS).unref();
  try {
    complaints = await testBoth(join(workDir, "build"), resultsDir);
  } finally {
    await rm(complaints?.length === 0 ? workDir : join(workDir, "build"), { recursive: true, force: true });
  }
  for (const complaint of complaints) print(`FAIL  ${complaint}`);
  if (complaints.length > 0) print(`What the referee saw: ${resultsDir}`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

async function testBoth(buildDir: string, resultsDir: string): Promise<string[]> {
  const shared = { node: await findNewNode(print), signal: AbortSignal.timeout(LIMIT_MS), print };
  const { serverFile } = await ensureBuilt(print);
  print("building the server with the fixtures\n");
  const fixtureServerFile = await buildFixtureServer(buildDir);
  const production = await runConformance({
    ...shared,
    kind: "production",
    serverFile,
    resultsDir: join(resultsDir, "production"),
  });
  const fixtures = await runConformance({
    ...shared,
    kind: "fixtures",
    serverFile: fixtureServerFile,
    resultsDir: join(resultsDir, "fixtures"),
  });
  print("The Tasks extension is not implemented. No requirement set scores it.");
  return [...production, ...fixtures];
}

function giveUp(): void {
  process.stderr.write("This takes too long; the processes that were started end now.\n");
  process.exit(1);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
