import { isIPv6 } from "node:net";
import * as v from "valibot";
import { LOG_LEVELS } from "./log";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const url = v.pipe(v.string(), v.url("must be a URL"));
const databaseUrl = v.pipe(text, v.regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL"));
const secret = v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"));
const readList = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
const withoutSlash = (value: string): string => value.replace(/\/+$/, "");
const host = v.pipe(
  text,
  v.check((value) => isIPv6(value) || URL.canParse(`http://${value}:1`), "must be an address or a host name"),
);
const port = v.pipe(v.string(), v.regex(/^\d+$/, "must be a number"), v.transform(Number), v.maxValue(65535));
const count = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, `must be a number from ${min} to ${max}`),
    v.transform(Number),
    v.minValue(min, `must be a number from ${min} to ${max}`),
    v.maxValue(max, `must be a number from ${min} to ${max}`),
  );
// "Example.COM" and "https://example.com/" are as good as what browsers send.
const hostNames = v.pipe(
  v.string(),
  v.transform((value) => readList(value).map((name) => name.toLowerCase())),
  v.everyItem(
    (name) => /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/.test(name),
    "must list host names without ports, parted by commas",
  ),
);
const origins = v.pipe(
  v.string(),
  v.transform((value) => readList(value).map((origin) => withoutSlash(origin).toLowerCase())),
  v.everyItem(
    (origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin,
    "must list origins such as https://app.example.com, parted by commas",
  ),
);
const milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, "must be a number of milliseconds"),
  v.transform(Number),
);

/** Every name that the server reads from its environment. */
export const EnvironmentSchema = v.object({
  HOST: v.optional(host, "127.0.0.1"),
  PORT: v.optional(port, "3000"),
  PUBLIC_URL: v.optional(v.pipe(url, v.transform(withoutSlash))),
  /** Host names that /mcp answers to besides that of PUBLIC_URL, parted by commas. */
  ALLOWED_HOSTS: v.optional(hostNames, ""),
  /** Origins whose pages may call /mcp besides that of PUBLIC_URL, parted by commas. */
  ALLOWED_ORIGINS: v.optional(origins, ""),
  /** The system's login: webhooks, functions, the admin. The only one where the three below are not set. */
  DATABASE_URL: databaseUrl,
  /** The login that owns the tables; only migrations use it. */
  DATABASE_OWNER_URL: v.optional(databaseUrl),
  /** The login of tool calls, which can take no role but `wamcp_client`. */
  DATABASE_CLIENT_URL: v.optional(databaseUrl),
  /** The login that moves old rows out of the audit log. */
  DATABASE_ARCHIVER_URL: v.optional(databaseUrl),
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
  /** Counts up with every new pepper, so that a hash says which one is in it. */
  API_KEY_PEPPER_VERSION: v.optional(count(1, 1_000_000), "1"),
  API_KEY_PEPPER_PREVIOUS: v.optional(secret),
  /** Addresses or networks of proxies whose X-Forwarded-For is believed, parted by commas. */
  TRUSTED_PROXIES: v.optional(v.pipe(v.string(), v.transform(readList)), ""),
  MEDIA_ROOT: v.optional(text, ".data/media"),
  MEDIA_URL_SECRET: secret,
  /** Room on the volume of MEDIA_ROOT that files leave to others, in megabytes (10^6 bytes). */
  MEDIA_KEEP_FREE_MB: v.optional(count(0, 100_000_000), "1000"),
  /** How many files are fetched from Meta at the same time, and how many uploaded to it, over all processes. */
  DOWNLOADS_AT_ONCE: v.optional(count(1, 1_000), "8"),
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
  SENDS_PER_SECOND: v.optional(count(1, 1_000), "80"),
  /** Whether sends to one person are paced to what Meta takes (45 at once, one per 6 s on average), before it refuses. */
  PAIR_RATE: v.optional(v.picklist(["on", "off"], 'must be "on" or "off"'), "on"),
  /** Whether free-form messages are refused here once the 24-hour window is closed, before Meta is asked. */
  SERVICE_WINDOW: v.optional(v.picklist(["on", "off"], 'must be "on" or "off"'), "on"),
  /** How long a send waits for a person's approval. */
  APPROVAL_TIMEOUT_MS: v.optional(milliseconds, "86400000"),
  /** Days after which rows leave the audit log for files in AUDIT_ARCHIVE_DIR; 0 keeps them all. */
  AUDIT_KEEP_DAYS: v.optional(count(0, 36_500), "0"),
  AUDIT_ARCHIVE_DIR: v.optional(text, ".data/audit"),
  /** Days after which messages are deleted; 0 keeps them all. Meta reports on a message for 30 days. */
  MESSAGE_KEEP_DAYS: v.optional(
    v.pipe(
      count(0, 36_500),
      v.check((days) => days === 0 || days > 30, "must be 0, or more than 30"),
    ),
    "0",
  ),
  /** Days after which files are deleted; 0 keeps them as long as their messages. */
  MEDIA_KEEP_DAYS: v.optional(count(0, 36_500), "0"),
  /** Days for which webhook bodies that were handled are kept as Meta sent them; 0 keeps them all. */
  INBOX_KEEP_DAYS: v.optional(count(0, 36_500), "30"),
  /** Days for which the change feed and parked statuses are kept; 0 keeps them all. */
  CHANGE_KEEP_DAYS: v.optional(count(0, 36_500), "30"),
  /** How many sessions of clients of MCP 2025-11-25 and older one API key may have, over all processes. */
  MCP_SESSIONS_PER_KEY: v.optional(count(1, 10_000), "16"),
  /** How many `subscriptions/listen` streams one API key may have open at each process. */
  MCP_STREAMS_PER_KEY: v.optional(count(1, 10_000), "16"),
  /** Where alerts are posted, as JSON with ids and codes. They are logged in any case. */
  ALERT_URL: v.optional(url),
  /** What a scrape of /metrics shows as its bearer token. Without it there is no such page. */
  METRICS_TOKEN: v.optional(secret),
  /** Whether the accepting process handles a webhook at once, or leaves it to Inngest. */
  INBOX_FAST_PATH: v.optional(v.picklist(["on", "off"], 'must be "on" or "off"'), "on"),
});

/** The environment as it was read. */
export type Environment = v.InferOutput<typeof EnvironmentSchema>;
