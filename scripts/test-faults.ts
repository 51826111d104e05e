import { randomInt } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { defineCommand, runMain } from "citty";
import { formatReport } from "#tests/faults/format-report";
import { runFaults } from "#tests/faults/run-faults";

// A run-away driver must end itself and not the machine.
setFlagsFromString("--max-old-space-size=512");

const FAST_PATHS = ["mixed", "on", "off"] as const;

/** Kills everything at random and compares what the phones saw with what was asked for: `pnpm test:faults`. */
const command = defineCommand({
  meta: {
    name: "test-faults",
    description:
      "Two servers, Inngest and PostgreSQL killed at random under load; exits with 1 on a broken promise",
  },
  args: {
    kills: { type: "string", default: "25", description: "How many times something is killed" },
    seed: { type: "string", description: "Repeats the plan of an earlier run" },
    minutes: { type: "string", default: "90", description: "No more strikes after this time" },
    "fast-path": {
      type: "string",
      default: "mixed",
      description: "on, off, or mixed: one server on, one off",
    },
    without: { type: "string", default: "", description: "Kinds of strikes to leave out, parted by commas" },
  },
  async run({ args }) {
    const seed = args.seed === undefined ? randomInt(2 ** 31) : readNumber("seed", args.seed, 0);
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    say(`seed ${seed}`);
    const report = await runFaults({
      seed,
      kills: readNumber("kills", args.kills, 1),
      minutes: readNumber("minutes", args.minutes, 1),
      fastPath: readFastPath(args["fast-path"]),
      without: args.without.split(",").filter(Boolean),
      log: say,
      onTrouble: async (lines) => say(`what the processes wrote: ${await keepLines(seed, lines)}`),
    });
    process.stdout.write(`${formatReport(report)}\n`);
    process.exit(report.violations.length === 0 ? 0 : 1);
  },
});

await runMain(command);

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number from ${least}`);
}

function readFastPath(text: string): (typeof FAST_PATHS)[number] {
  const found = FAST_PATHS.find((name) => name === text);
  if (found) return found;
  throw new Error(`--fast-path must be one of ${FAST_PATHS.join(", ")}`);
}

async function keepLines(seed: number, lines: readonly string[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "wamcp-faults-log-")), `seed-${seed}.log`);
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}
