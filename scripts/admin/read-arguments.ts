import { parseArgs } from "node:util";
import type { ArgumentDef, ArgumentDefs, ArgumentValues } from "./arguments";
import { UsageError } from "./usage-error";

type Given = string | boolean | readonly (string | boolean)[] | undefined;

/**
 * Reads a command's arguments. Stricter than citty, which takes the last of several values and overlooks what it does
 * not know.
 *
 * @throws UsageError for an unknown option, a missing or empty value, one that is not among the choices, or too many words
 */
export function readArguments<const Defs extends ArgumentDefs>(
  defs: Defs,
  rawArgs: readonly string[],
): ArgumentValues<Defs> {
  const { values, positionals } = parse(defs, rawArgs);
  const read: Record<string, Given> = {};
  for (const [name, def] of Object.entries(defs)) {
    const value = def.type === "positional" ? positionals.shift() : values[name];
    read[name] = def.type === "flag" ? value === true : value;
    checkValue(name, def, value);
  }
  // The word itself is not repeated: it may be a key in the wrong place.
  if (positionals.length > 0)
    throw new UsageError("There is a word too many; put a name with spaces between quotes.");
  return read as ArgumentValues<Defs>;
}

function parse(
  defs: ArgumentDefs,
  rawArgs: readonly string[],
): { values: Record<string, Given>; positionals: string[] } {
  const options: NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]> = {};
  for (const [name, def] of Object.entries(defs)) {
    if (def.type === "positional") continue;
    if (def.type === "flag") options[name] = { type: "boolean" };
    else if (def.type === "choice") options[name] = { type: "string" };
    else
      options[name] = { type: "string", multiple: def.many ?? false, ...(def.alias && { short: def.alias }) };
  }
  try {
    return parseArgs({ args: [...rawArgs], options, strict: true, allowPositionals: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : "The arguments cannot be read";
    throw new UsageError(`${said.split(/\.? To specify|\n/)[0]}.`);
  }
}

function checkValue(name: string, def: ArgumentDef, value: Given): void {
  const shown = def.type === "positional" ? `<${name}>` : `--${name}`;
  if (value === undefined) {
    if ("required" in def && def.required) throw new UsageError(`${shown} is missing.`);
    return;
  }
  if ([value].flat().includes("")) throw new UsageError(`${shown} is empty.`);
  if (def.type === "choice" && !def.options.includes(String(value)))
    throw new UsageError(`${shown} must be one of ${def.options.join(", ")}.`);
}
