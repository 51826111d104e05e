import { EnvironmentSchema, type Environment } from "./config-schema";
import { readEdge } from "./edge/read-edge";
import { readEnvironment } from "./read-environment";
import { readPeppers } from "./read-peppers";

export { ConfigError } from "./config-error";

export type Config = Readonly<ReturnType<typeof shape>>;

/**
 * Reads the configuration. Nothing else on the server's side reads the environment.
 *
 * @throws ConfigError that lists every missing or malformed name at once, without values
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  return Object.freeze(shape(readEnvironment(EnvironmentSchema, environment, findMissingKeys)));
}

function findMissingKeys(values: Record<string, string | undefined>): string[] {
  // "0" is how Inngest's own tools spell "not in development".
  if (values.INNGEST_DEV && values.INNGEST_DEV !== "0") return [];
  return ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"]
    .filter((name) => !values[name])
    .map((name) => `${name} is missing (or set INNGEST_DEV to the address of a local Inngest)`);
}

function shape(environment: Environment) {
  const publicUrl = environment.PUBLIC_URL ?? `http://${inUrl(environment.HOST)}:${environment.PORT}`;
  return {
    host: environment.HOST,
    port: environment.PORT,
    publicUrl,
    edge: readEdge({
      host: environment.HOST,
      publicUrl,
      allowedHosts: environment.ALLOWED_HOSTS,
      allowedOrigins: environment.ALLOWED_ORIGINS,
    }),
    databaseUrl: environment.DATABASE_URL,
    databaseLogins: shapeDatabaseLogins(environment),
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
    apiKeyPeppers: readPeppers(environment),
    trustedProxies: environment.TRUSTED_PROXIES,
    media: shapeMedia(environment),
    downloadsAtOnce: environment.DOWNLOADS_AT_ONCE,
    inngest: shapeInngest(environment, publicUrl),
    logLevel: environment.LOG_LEVEL,
    settleAfterMs: environment.SETTLE_AFTER_MS,
    sendsPerSecond: environment.SENDS_PER_SECOND,
    pairRate: environment.PAIR_RATE === "on",
    serviceWindow: environment.SERVICE_WINDOW === "on",
    approvalTimeoutMs: environment.APPROVAL_TIMEOUT_MS,
    audit: { keepDays: environment.AUDIT_KEEP_DAYS, archiveDir: environment.AUDIT_ARCHIVE_DIR },
    retention: {
      messageDays: environment.MESSAGE_KEEP_DAYS,
      inboxDays: environment.INBOX_KEEP_DAYS,
      changeDays: environment.CHANGE_KEEP_DAYS,
    },
    sessionsPerKey: environment.MCP_SESSIONS_PER_KEY,
    streamsPerKey: environment.MCP_STREAMS_PER_KEY,
    alertUrl: environment.ALERT_URL,
    metricsToken: environment.METRICS_TOKEN,
    inboxFastPath: environment.INBOX_FAST_PATH === "on",
  };
}

// RFC 3986, 3.2.2.
const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

function shapeDatabaseLogins({ DATABASE_URL: url, ...logins }: Environment) {
  return {
    ownerUrl: logins.DATABASE_OWNER_URL ?? url,
    clientUrl: logins.DATABASE_CLIENT_URL ?? url,
    archiverUrl: logins.DATABASE_ARCHIVER_URL ?? url,
  };
}

function shapeMedia(environment: Environment) {
  return {
    root: environment.MEDIA_ROOT,
    urlSecret: environment.MEDIA_URL_SECRET,
    keepDays: environment.MEDIA_KEEP_DAYS,
    keepFreeBytes: environment.MEDIA_KEEP_FREE_MB * 1_000_000,
  };
}

function shapeInngest(environment: Environment, publicUrl: string) {
  return {
    dev: environment.INNGEST_DEV,
    baseUrl: environment.INNGEST_BASE_URL,
    eventKey: environment.INNGEST_EVENT_KEY,
    signingKey: environment.INNGEST_SIGNING_KEY,
    signingKeyFallback: environment.INNGEST_SIGNING_KEY_FALLBACK,
    serveOrigin: environment.INNGEST_SERVE_ORIGIN ?? publicUrl,
  };
}
