import { defineCommand, type ArgDef, type CommandDef } from "citty";
import type { ArgumentDef } from "./arguments";
import type { AdminCommand } from "./define-command";

/** Commands under one word. */
export interface CommandGroup {
  readonly description: string;
  readonly commands: Readonly<Record<string, AdminCommand | CommandGroup>>;
}

type Execute = (command: AdminCommand, rawArgs: readonly string[]) => Promise<void>;

/** A command, or a group of them, as citty knows it: it finds the one that is meant, and writes the help. */
export function toCitty(name: string, entry: AdminCommand | CommandGroup, execute: Execute): CommandDef {
  const meta = { name, description: entry.description };
  if ("commands" in entry) {
    const subCommands: Record<string, CommandDef> = {};
    for (const [verb, sub] of Object.entries(entry.commands))
      subCommands[verb] = toCitty(`${name} ${verb}`, sub, execute);
    return defineCommand({ meta, subCommands });
  }
  const args: Record<string, ArgDef> = {};
  for (const [key, def] of Object.entries(entry.args)) args[key] = toCittyArgument(def);
  return defineCommand({ meta, args, run: ({ rawArgs }) => execute(entry, rawArgs) });
}

function toCittyArgument(def: ArgumentDef): ArgDef {
  const { description } = def;
  switch (def.type) {
    case "positional":
      return { type: "positional", description, required: def.required ?? false };
    case "choice":
      return { type: "enum", description, options: [...def.options] };
    case "flag":
      return { type: "boolean", description };
    default:
      return {
        type: "string",
        description: def.many ? `${description} May be repeated.` : description,
        valueHint: def.hint,
        required: def.required ?? false,
        ...(def.alias ? { alias: def.alias } : {}),
      };
  }
}
