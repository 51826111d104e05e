import * as v from "valibot";
import { ConfigError } from "./config-error";
import { readSecret } from "./secrets";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads what a schema names from an environment, and the files of `SECRETS_DIR` that values refer to.
 *
 * @param findMore problems that no single name has
 * @throws ConfigError that lists every missing or malformed name at once, without values
 */
export function readEnvironment<const Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  environment: Variables,
  findMore: (values: Variables) => string[] = () => [],
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const problems: string[] = [];
  const values = readValues(Object.keys(schema.entries), environment, problems);
  const result = v.safeParse(schema, values);
  if (!result.success) problems.push(...result.issues.map(describeIssue));
  problems.push(...findMore(values));
  if (!result.success || problems.length > 0) {
    const list = [...new Set(problems)].map((problem) => `  - ${problem}`).join("\n");
    throw new ConfigError(`The configuration cannot be used:\n${list}`);
  }
  return result.output;
}

function readValues(
  names: readonly string[],
  environment: Variables,
  problems: string[],
): Record<string, string> {
  const secretsDir = environment.SECRETS_DIR ?? "/run/secrets";
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    // An empty line in an environment file means "not set", and so does an optional secret's empty file.
    if (value === undefined || value === "") continue;
    try {
      const content = readSecret(value, secretsDir);
      if (content !== "") values[name] = content;
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : "cannot be read"}`);
      values[name] = "unreadable".repeat(4);
    }
  }
  return values;
}

// valibot's own messages quote what they received, which may be a secret.
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const name = String(issue.path?.[0]?.key ?? "?");
  if (issue.received === "undefined") return `${name} is missing`;
  return `${name} ${issue.message.startsWith("must") ? issue.message : "is malformed"}`;
}
