import { openDatabase } from "#db/client";
import { createSharedClock } from "#server/utils/create-shared-clock";
import { readAdminConfig } from "#server/utils/read-admin-config";
import { renderUsage, runCommand } from "citty";
import { stripVTControlCharacters } from "node:util";
import type { AdminIo } from "./admin-io";
import { COMMANDS } from "./commands";
import type { AdminCommand } from "./define-command";
import { describeFailure } from "./describe-failure";
import { toCitty, type CommandGroup } from "./to-citty";
import { UsageError } from "./usage-error";
import { writeJson } from "./write-json";
import { writeText } from "./write-text";

const PROGRAM = "wamcp-admin";

/** Runs the command line and resolves to its exit code: 0; 1 when it failed; 2 when the command line is wrong. */
export async function runAdmin(argv: readonly string[], io: AdminIo): Promise<number> {
  // What `pnpm run admin -- ...` passes on.
  const words = argv[0] === "--" ? argv.slice(1) : argv;
  const { name, entry } = findEntry(words);
  try {
    if (words.some((word) => word === "--help" || word === "-h")) {
      await writeText(io.stdout, `${await describeUsage(name, entry, io)}\n`);
      return 0;
    }
    requireCommand(words, entry);
    const root = toCitty(PROGRAM, COMMANDS, (command, rawArgs) => execute(command, rawArgs, io));
    await runCommand(root, { rawArgs: [...words] });
    return 0;
  } catch (error) {
    const { line, exitCode } = describeFailure(fromCitty(error), name);
    io.stderr.write(`${PROGRAM}: ${line}\n`);
    return exitCode;
  }
}

async function execute(command: AdminCommand, rawArgs: readonly string[], io: AdminIo): Promise<void> {
  const ready = command.prepare(rawArgs);
  const config = readAdminConfig(io.env);
  const database = openDatabase({ url: config.databaseUrl, maxConnections: 1 });
  try {
    const clock = await createSharedClock(database.readTimeMs);
    const report = await ready.run({ database, clock, peppers: config.peppers }, io);
    if (!report) return;
    await writeText(io.stdout, `${ready.isJson ? writeJson(report.json, 2) : report.text}\n`);
  } finally {
    await database.close();
  }
}

function findEntry(words: readonly string[]): { name: string; entry: AdminCommand | CommandGroup } {
  let [name, entry]: [string, AdminCommand | CommandGroup] = [PROGRAM, COMMANDS];
  for (const word of words) {
    if (!("commands" in entry) || !Object.hasOwn(entry.commands, word)) break;
    const next: AdminCommand | CommandGroup | undefined = entry.commands[word];
    if (!next) break;
    [name, entry] = [`${name} ${word}`, next];
  }
  return { name, entry };
}

// citty would look for the command behind an option, and forget the option.
function requireCommand(words: readonly string[], entry: AdminCommand | CommandGroup): void {
  if (!("commands" in entry)) return;
  const known = Object.keys(entry.commands).join(", ");
  if (words.some((word) => word.startsWith("-")))
    throw new UsageError(`Name the command first, then its options. The commands are ${known}.`);
  throw new UsageError(`This is not a command. The commands are ${known}.`);
}

async function describeUsage(
  name: string,
  entry: AdminCommand | CommandGroup,
  { stdout }: AdminIo,
): Promise<string> {
  const usage = await renderUsage(toCitty(name, entry, () => Promise.resolve()));
  // citty pads the last column, too.
  const lines = usage.replaceAll(/ +$/gm, "");
  return stdout.isTTY ? lines : stripVTControlCharacters(lines);
}

// Its error class is not exported; it names what is missing, and no value.
function fromCitty(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "CLIError") return error;
  return new UsageError(`${stripVTControlCharacters(error.message).replace(/\.$/, "")}.`);
}
