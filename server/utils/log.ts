import { createConsola, type ConsolaInstance } from "consola";

export type Log = Pick<ConsolaInstance, "debug" | "info" | "warn" | "error">;

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const CONSOLA_LEVELS: Record<LogLevel, number> = { silent: -999, error: 0, warn: 1, info: 3, debug: 4 };

/**
 * The server's log, on stderr only: stdout belongs to protocols. Callers log ids, codes and counts,
 * never message text, phone numbers, tokens or keys.
 */
export function createLog(level: LogLevel): Log {
  return createConsola({
    level: CONSOLA_LEVELS[level],
    stdout: process.stderr,
    stderr: process.stderr,
  }).withTag("wamcp");
}

/**
 * What may be logged of an unexpected error: its name, code and words, but not those that quote values: drizzle
 * puts every parameter of the failed query into its message.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "a value that is not an Error was thrown";
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const code = readCode(error) ?? readCode(cause);
  const isQuery = error.name === "DrizzleQueryError" || error.message.startsWith("Failed query");
  const said = isQuery ? (cause?.message ?? "query failed") : error.message;
  return `${error.name}${code ? ` [${code}]` : ""}: ${withoutValues(said, error, code)}`;
}

// PostgreSQL's class 22, data exceptions, and valibot's issues quote the value.
function withoutValues(said: string, error: Error, code: string | undefined): string {
  if (code && /^22[0-9A-Z]{3}$/.test(code)) return "data exception";
  return error.name === "ValiError" ? said.replace(/(?: but r|: R)eceived .*$/s, "") : said;
}

function readCode(error: Error | undefined): string | undefined {
  const code = error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
