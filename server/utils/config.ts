import * as v from "valibot";
import { LOG_LEVELS } from "./log";
import { readSecret } from "./secrets";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const url = v.pipe(v.string(), v.url("must be a URL"));
const secret = v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"));
const readList = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
const withoutSlash = (value: string): string => value.replace(/\/+$/, "");
const port = v.pipe(v.string(), v.regex(/^\d+$/, "must be a number"), v.transform(Number), v.maxValue(65535));
const milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, "must be a number of milliseconds"),
  v.transform(Number),
);

const EnvironmentSchema = v.object({
  HOST: v.optional(text, "127.0.0.1"),
  PORT: v.optional(port, "3000"),
  PUBLIC_URL: v.optional(v.pipe(url, v.transform(withoutSlash))),
  DATABASE_URL: v.pipe(text, v.regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL")),
  GRAPH_API_BASE_URL: v.optional(v.pipe(url, v.transform(withoutSlash)), "https://graph.facebook.com"),
  GRAPH_API_VERSION: v.optional(
    v.pipe(v.string(), v.regex(/^v\d+\.\d+$/, 'must look like "v23.0"')),
    "v23.0",
  ),
  // Several, parted by commas, while one replaces another.
  META_APP_SECRET: v.pipe(text, v.transform(readList), v.minLength(1, "must hold at least one app secret")),
  META_VERIFY_TOKEN: text,
  META_ACCESS_TOKEN: text,
  API_KEY_PEPPER: secret,
  MEDIA_ROOT: v.optional(text, ".data/media"),
  MEDIA_URL_SECRET: secret,
  INNGEST_DEV: v.optional(text),
  INNGEST_EVENT_KEY: v.optional(text),
  INNGEST_SIGNING_KEY: v.optional(text),
  INNGEST_SIGNING_KEY_FALLBACK: v.optional(text),
  INNGEST_BASE_URL: v.optional(v.pipe(url, v.transform(withoutSlash))),
  INNGEST_SERVE_ORIGIN: v.optional(v.pipe(url, v.transform(withoutSlash))),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`), "info"),
  /** How long Meta may take to answer a send before its outcome counts as unknown. */
  SEND_TIMEOUT_MS: v.optional(milliseconds, "30000"),
  /** How long silence must last before it is evidence that an uncertain send never reached Meta. */
  SETTLE_AFTER_MS: v.optional(milliseconds, "90000"),
  /** How many messages a second Meta takes from one number: 80, or 1,000 after an upgrade. */
  SENDS_PER_SECOND: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, "must be a number from 1 to 1000"),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(1000),
    ),
    "80",
  ),
  /** Whether the accepting process handles a webhook at once, or leaves it to Inngest. */
  INBOX_FAST_PATH: v.optional(v.picklist(["on", "off"], 'must be "on" or "off"'), "on"),
});

type Environment = v.InferOutput<typeof EnvironmentSchema>;
export type Config = Readonly<ReturnType<typeof shape>>;

/** Thrown when the environment does not describe a server. The message names every problem and no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the configuration. Nothing else on the server's side reads the environment.
 *
 * @throws ConfigError that lists every missing or malformed name at once, without values
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  const values = readValues(environment, problems);
  const result = v.safeParse(EnvironmentSchema, values);
  if (!result.success) problems.push(...result.issues.map(describeIssue));
  // "0" is how Inngest's own tools spell "not in development".
  if (!values.INNGEST_DEV || values.INNGEST_DEV === "0") {
    for (const name of ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"]) {
      if (!values[name])
        problems.push(`${name} is missing (or set INNGEST_DEV to the address of a local Inngest)`);
    }
  }
  if (!result.success || problems.length > 0) {
    const list = [...new Set(problems)].map((problem) => `  - ${problem}`).join("\n");
    throw new ConfigError(`The configuration cannot be used:\n${list}`);
  }
  return Object.freeze(shape(result.output));
}

function readValues(
  environment: Record<string, string | undefined>,
  problems: string[],
): Record<string, string> {
  const secretsDir = environment.SECRETS_DIR ?? "/run/secrets";
  const values: Record<string, string> = {};
  for (const name of Object.keys(EnvironmentSchema.entries)) {
    const value = environment[name];
    // An empty line in an environment file means "not set".
    if (value === undefined || value === "") continue;
    try {
      values[name] = readSecret(value, secretsDir);
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

function shape(environment: Environment) {
  const publicUrl = environment.PUBLIC_URL ?? `http://${environment.HOST}:${environment.PORT}`;
  return {
    host: environment.HOST,
    port: environment.PORT,
    publicUrl,
    databaseUrl: environment.DATABASE_URL,
    graph: {
      baseUrl: environment.GRAPH_API_BASE_URL,
      version: environment.GRAPH_API_VERSION,
      timeoutMs: environment.SEND_TIMEOUT_MS,
    },
    meta: {
      appSecrets: environment.META_APP_SECRET,
      verifyToken: environment.META_VERIFY_TOKEN,
      accessToken: environment.META_ACCESS_TOKEN,
    },
    apiKeyPepper: environment.API_KEY_PEPPER,
    media: { root: environment.MEDIA_ROOT, urlSecret: environment.MEDIA_URL_SECRET },
    inngest: {
      dev: environment.INNGEST_DEV,
      baseUrl: environment.INNGEST_BASE_URL,
      eventKey: environment.INNGEST_EVENT_KEY,
      signingKey: environment.INNGEST_SIGNING_KEY,
      signingKeyFallback: environment.INNGEST_SIGNING_KEY_FALLBACK,
      serveOrigin: environment.INNGEST_SERVE_ORIGIN ?? publicUrl,
    },
    logLevel: environment.LOG_LEVEL,
    settleAfterMs: environment.SETTLE_AFTER_MS,
    sendsPerSecond: environment.SENDS_PER_SECOND,
    inboxFastPath: environment.INBOX_FAST_PATH === "on",
  };
}
