/** A JSON schema, as far as the tools' arguments use it. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, ArgumentSchema>>;
  readonly required?: readonly string[];
  readonly items?: ArgumentSchema;
  readonly anyOf?: readonly ArgumentSchema[];
  readonly oneOf?: readonly ArgumentSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Where an argument stands: names of properties, and 0 for the first element of an array. */
export type ArgumentPath = readonly (string | 0)[];

export type Arguments = Record<string, unknown>;

/** What a tool is given beyond what it requires: a wait would last, and the clock of these tests stands still. */
const ALWAYS_GIVEN: Arguments = { timeout_s: 0 };

const STRINGS = [
  "x",
  "1",
  "en",
  "en_US",
  "https://example.com/x",
  "text/plain",
  "2026-01-01T00:00:00Z",
  "👍",
];
const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: "01980000-0000-7000-8000-000000000000",
  uri: "https://example.com/x",
  "date-time": "2026-01-01T00:00:00Z",
};

/** The least that a tool takes: its required arguments, and those that every call here has. */
export function deriveArguments(schema: ArgumentSchema): Arguments {
  const given = Object.entries(ALWAYS_GIVEN).filter(([name]) => schema.properties?.[name]);
  return { ...(minimalValue(schema, "arguments") as Arguments), ...Object.fromEntries(given) };
}

/** Every argument there is, at any depth. */
export function listPaths(schema: ArgumentSchema): ArgumentPath[] {
  const under = (step: string | 0, inner: ArgumentSchema): ArgumentPath[] => {
    const below = listPaths(inner).map((path): ArgumentPath => prepend(step, path));
    // Of a list of plain values it is the values that matter.
    const isList = inner.items && !inner.items.properties;
    return step === 0 ? below : [isList ? [step, 0] : [step], ...below];
  };
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => under(name, property)),
    ...(schema.items ? under(0, schema.items) : []),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(listPaths),
  ];
}

/** A copy of a call's arguments with one of them set; what it stands in is made up as the schema wants it. */
export function setArgument(
  schema: ArgumentSchema,
  given: unknown,
  path: ArgumentPath,
  value: unknown,
): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const branch = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find((candidate) =>
    step === 0 ? candidate.items : candidate.properties?.[step],
  );
  const inner = step === 0 ? branch?.items : branch?.properties?.[step];
  if (!branch || !inner) throw new Error(`there is no argument ${path.join(".")}`);
  if (step === 0) return [setArgument(inner, (given as unknown[] | undefined)?.[0], rest, value)];
  const base = (given ?? minimalValue(branch, path.join("."))) as Arguments;
  return { ...base, [step]: setArgument(inner, base[step], rest, value) };
}

function minimalValue(schema: ArgumentSchema, name: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (branch) return minimalValue(branch, name);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [key, minimalValue(schema.properties?.[key] ?? {}, key)]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => minimalValue(schema.items ?? {}, name));
    case "string":
      return minimalString(schema, name);
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    default:
      throw new Error(`derive-arguments.ts makes no value of ${JSON.stringify(schema)} for "${name}" yet`);
  }
}

function minimalString({ format, pattern, minLength = 1 }: ArgumentSchema, name: string): string {
  const known = format === undefined ? undefined : BY_FORMAT[format];
  const candidates = [...(known ? [known] : []), "x".repeat(minLength), ...STRINGS];
  const found = candidates.find((text) => pattern === undefined || new RegExp(pattern, "u").test(text));
  if (found === undefined)
    throw new Error(`add to STRINGS in derive-arguments.ts a text that "${name}" takes: ${pattern}`);
  return found;
}

function prepend(step: string | 0, path: ArgumentPath): ArgumentPath {
  return [step, ...path];
}
