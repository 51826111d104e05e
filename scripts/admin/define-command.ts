import type { AdminContext } from "#server/utils/admin/admin-context";
import type { AdminIo } from "./admin-io";
import type { ArgumentDefs, ArgumentValues } from "./arguments";
import { readArguments } from "./read-arguments";

/** What a command has to say: for programs, and for people. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
}

/** What a command runs with. */
export interface Call<Defs extends ArgumentDefs> {
  readonly args: ArgumentValues<Defs & typeof JSON_FLAG>;
  readonly ctx: AdminContext;
  readonly io: AdminIo;
}

interface CommandSpec<Defs extends ArgumentDefs> {
  readonly description: string;
  readonly args: Defs;
  /** Returns its report, or writes to stdout by itself. */
  run(call: Call<Defs>): Promise<Report | undefined>;
}

/** A command whose arguments were read. */
export interface ReadyCommand {
  readonly isJson: boolean;
  run(ctx: AdminContext, io: AdminIo): Promise<Report | undefined>;
}

/** A command of the admin's program. */
export interface AdminCommand {
  readonly description: string;
  readonly args: ArgumentDefs;
  /**
   * Reads the arguments, before anything is opened.
   *
   * @throws UsageError
   */
  prepare(rawArgs: readonly string[]): ReadyCommand;
}

const JSON_FLAG = { json: { type: "flag", description: "Answer in JSON." } } as const;

/** Defines a command. Every one of them takes `--json`. */
export function defineCommand<const Defs extends ArgumentDefs>(spec: CommandSpec<Defs>): AdminCommand {
  const defs = { ...spec.args, ...JSON_FLAG };
  return {
    description: spec.description,
    args: defs,
    prepare(rawArgs) {
      const args = readArguments(defs, rawArgs);
      return { isJson: "json" in args && args.json === true, run: (ctx, io) => spec.run({ args, ctx, io }) };
    },
  };
}
