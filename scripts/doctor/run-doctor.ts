import { parseArgs } from "node:util";
import type { Writable } from "node:stream";
import { openDatabase } from "#db/client";
import { ConfigError, readConfig, type Config } from "#server/utils/config";
import { CHECKS } from "./checks";
import { createGraphFacts } from "./create-graph-facts";
import { createSurroundings } from "./create-surroundings";
import type { DoctorCheck } from "./doctor-check";
import type { DoctorContext } from "./doctor-context";
import { formatReport } from "../checks/format-report";
import { runChecks, type CheckResult } from "../checks/run-checks";
import type { Surroundings } from "./surroundings";

export interface DoctorIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly around?: Surroundings;
}

const USAGE = `Looks at everything that has to be right around the server, and says how to mend what is not.

  wamcp-doctor [--json]

It reads the server's environment. The exit code is 0 when nothing failed, 1 when something did, 2 when the command line is
wrong. docs/operations/doctor.md explains each check.
`;

/** Runs the command line and resolves to its exit code: 0; 1 when a check failed; 2 when the command line is wrong. */
export async function runDoctor(argv: readonly string[], io: DoctorIo): Promise<0 | 1 | 2> {
  const options = readOptions(argv);
  if (options === undefined) {
    io.stderr.write("wamcp-doctor: this is not an option. --json and --help are.\n");
    return 2;
  }
  if (options.help) {
    io.stdout.write(USAGE);
    return 0;
  }
  const around = io.around ?? createSurroundings();
  const results = await examine(io.env, around);
  io.stdout.write(formatReport(results, around.now(), options.json));
  return results.some(({ status }) => status === "failed") ? 1 : 0;
}

function readOptions(argv: readonly string[]): { json: boolean; help: boolean } | undefined {
  try {
    const { values } = parseArgs({
      // What `pnpm run doctor -- ...` passes on.
      args: argv[0] === "--" ? argv.slice(1) : [...argv],
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch {
    return undefined;
  }
}

async function examine(env: DoctorIo["env"], around: Surroundings): Promise<CheckResult[]> {
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    return withoutConfiguration(error);
  }
  const { databaseUrl, databaseLogins } = config;
  const database = openDatabase({ url: databaseUrl, ...databaseLogins, maxConnections: 2 });
  const ctx: DoctorContext = { config, env, database, around, graph: createGraphFacts(config, database) };
  try {
    return await runChecks(CHECKS, ctx);
  } finally {
    // Whoever waits to reconnect does so for seconds.
    void database.close().catch(() => {});
  }
}

function withoutConfiguration(error: unknown): CheckResult[] {
  const [first, ...others] = CHECKS;
  if (!first) return [];
  const [, ...problems] =
    error instanceof ConfigError ? error.message.split(/\n\s*- /) : ["", "it cannot be read"];
  const failed: CheckResult = {
    ...describe(first),
    status: "failed",
    says: `The server cannot start: ${problems.join("; ")}.`,
    mend: "Set what is missing in the environment, or in a file .env in this folder.",
    see: "docs/configuration.md",
  };
  const skipped = (check: DoctorCheck): CheckResult => ({
    ...describe(check),
    status: "skipped",
    says: 'Says nothing while "configuration" is not mended.',
  });
  return [failed, ...others.map(skipped)];
}

const describe = ({ id, title }: { readonly id: string; readonly title: string }) => ({
  id,
  title,
  tookMs: 0,
});
