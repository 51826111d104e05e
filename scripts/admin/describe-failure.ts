import { ConfigError } from "#server/utils/config-error";
import { AppError, toAppError } from "#server/utils/errors";
import { describeError } from "#server/utils/log";
import { UsageError } from "./usage-error";

/** Why the program ends: one line for a person, and the exit code. */
export interface Failure {
  readonly line: string;
  readonly exitCode: 1 | 2;
}

const NOT_MIGRATED =
  "The database is not migrated to the version of this program. " +
  "Start the server once, which migrates it, and try again.";

// By SQLSTATE (PostgreSQL, appendix A), or by Node's own code; the first that fits.
const BY_CODE: readonly (readonly [RegExp, string])[] = [
  [/^(42P01|42703|42883|42704|3F000|22023)$/, NOT_MIGRATED],
  [/^28/, "PostgreSQL refuses the login. Check the user and the password in DATABASE_URL."],
  [/^3D000$/, "The database does not exist. Check its name in DATABASE_URL."],
  [
    /^ERR_INVALID_URL$/,
    "DATABASE_URL is no URL. Write signs such as #, / and @ in its password as %23, %2F and %40.",
  ],
  [/^42501$/, "The login may not do this. Use the same DATABASE_URL as the server."],
];

/** Puts a failure into words, without what was given on the command line: it may hold a key. */
export function describeFailure(error: unknown, command: string): Failure {
  if (error instanceof UsageError)
    return { line: `${error.message} Run "${command} --help" to see how it is used.`, exitCode: 2 };
  return { line: describe(error).replaceAll(/\s*\n\s*/g, " "), exitCode: 1 };
}

function describe(error: unknown): string {
  if (error instanceof AppError) return [error.message, error.advice].filter(Boolean).join(" ");
  if (error instanceof ConfigError) {
    const [, ...problems] = error.message.split(/\n\s*- /);
    return `The configuration cannot be used: ${problems.join("; ")}. Set what is missing in the environment, or in a file .env in this folder.`;
  }
  const code = codeOf(error);
  const known = BY_CODE.find(([pattern]) => pattern.test(code));
  if (known) return known[1];
  const { code: kind, details } = toAppError(error);
  if (kind !== "unavailable") return `It failed: ${describeError(error)}.`;
  return details?.outcome === "unknown"
    ? "The connection to the database broke. It is not known whether this took effect: look before you repeat it."
    : "The database cannot be reached. Check DATABASE_URL, and that PostgreSQL runs.";
}

// Drizzle wraps what the driver throws.
function codeOf(error: unknown): string {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  const codes = causes.map((cause) => (cause instanceof Error && "code" in cause ? String(cause.code) : ""));
  return codes.find((code) => /^([0-9A-Z]{5}|ERR_INVALID_URL)$/.test(code)) ?? "";
}
