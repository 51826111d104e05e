import { createHash } from "node:crypto";
import { chmod, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createCertificate } from "#tests/helpers/tls/create-certificate";
import { PHONE_NUMBER_ID, WABA_ID } from "#dev/stack/stack-environment";
import { closedPort } from "./closed-port";
import { ADDRESS, HOST, type Clinic } from "./open-clinic";
import { startInngestStub } from "./start-inngest-stub";
import { startSilence } from "./start-silence";
import { hashSigningKey } from "../../../scripts/doctor/inngest/hash-signing-key";
import type { Surroundings } from "../../../scripts/doctor/surroundings";

/** Something that is wrong, or out of sight, and what the doctor has to say about it: this and nothing else. */
export interface DoctorFault {
  readonly name: string;
  readonly names: string;
  /** Makes it so; returns what the doctor is told besides, and how it is undone. */
  strike(clinic: Clinic): Promise<{
    readonly env?: Readonly<Record<string, string>>;
    readonly around?: Partial<Surroundings>;
    readonly undo?: () => Promise<unknown>;
  }>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GIB = 1024 ** 3;
const seconds = (afterMs: number): number => Math.floor((Date.now() + afterMs) / 1000);

type Strike = DoctorFault["strike"];
const fault = (name: string, names: string, strike: Strike): DoctorFault => ({ name, names, strike });

const withEnv =
  (env: Readonly<Record<string, string>>): Strike =>
  async () => ({ env });
const withAround =
  (around: Partial<Surroundings>): Strike =>
  async () => ({ around });

const withSettings =
  (settings: Parameters<Clinic["stack"]["phones"]["configure"]>[0]): Strike =>
  async ({ stack, env }) => {
    const before = (await stack.phones.state()).settings;
    await stack.phones.configure(settings);
    return {
      undo: () => stack.phones.configure({ ...before, webhook_url: `${env.PUBLIC_URL}/webhook/meta` }),
    };
  };

const withNumber =
  (change: Parameters<Clinic["stack"]["phones"]["changeNumber"]>[1]): Strike =>
  async ({ stack: { phones } }) => {
    await phones.changeNumber(PHONE_NUMBER_ID, change);
    const healthy = {
      status: "CONNECTED",
      name_status: "APPROVED",
      quality_rating: "GREEN",
      can_send_message: "AVAILABLE",
    } as const;
    return { undo: () => phones.changeNumber(PHONE_NUMBER_ID, healthy) };
  };

const withGraphFault =
  (spec: Parameters<Clinic["stack"]["phones"]["addFault"]>[0]): Strike =>
  async ({ stack: { phones } }) => {
    const { id } = await phones.addFault({ count: 1_000, on: "other", ...spec });
    return { undo: () => phones.removeFaults(id) };
  };

const withSql =
  (strike: string, undo: string): Strike =>
  async ({ sql, logins }) => {
    const fill = (text: string): string =>
      text
        .replaceAll("CLIENT", new URL(logins.client).username)
        .replaceAll("SYSTEM", new URL(logins.system).username);
    await sql.unsafe(fill(strike));
    return { undo: () => sql.unsafe(fill(undo)) };
  };

const withFront =
  (status: number, method?: string): Strike =>
  async ({ front }) => {
    front.answer(status, method);
    return { undo: async () => front.answer(undefined) };
  };

const withCertificate =
  (options: {
    readonly name?: string;
    readonly days?: readonly [number, number];
    /** The authority that everybody knows when left out. */
    readonly issuer?: "itself" | "an intermediate that is not shown";
  }): Strike =>
  async ({ front, authority, certificate }) => {
    const [from, to] = options.days ?? [-1, 90];
    front.show(
      createCertificate({
        name: options.name ?? HOST,
        ...(options.issuer === "itself"
          ? {}
          : { issuer: options.issuer ? createCertificate({ name: "an intermediate" }) : authority }),
        validFrom: new Date(Date.now() + from * DAY_MS),
        validTo: new Date(Date.now() + to * DAY_MS),
      }),
    );
    return { undo: async () => front.show(certificate) };
  };

const withInngest =
  (functions: readonly string[], env: Readonly<Record<string, string>>): Strike =>
  async () => {
    const stub = await startInngestStub(functions);
    return { env: { INNGEST_BASE_URL: stub.url, ...env }, undo: () => stub.close() };
  };

const withBackupAge =
  (ageMs: number): Strike =>
  async ({ folder }) => {
    const file = join(folder, "backups/2026-11-22/SHA256SUMS");
    const at = new Date(Date.now() - ageMs);
    await utimes(file, at, at);
    return { undo: () => utimes(file, new Date(), new Date()) };
  };

const withSpace = (freeBytes: number): Strike =>
  withAround({ readSpace: async () => ({ freeBytes, totalBytes: 100 * GIB }) });

const ADDRESS_V6 = "2001:db8::7";
const STRANGE_KEY = "abcdef".repeat(10);

/** Every fault that the doctor knows. */
export const DOCTOR_FAULTS: readonly DoctorFault[] = [
  fault("Inngest in development mode on a public server", "configuration failed", async ({ stack }) => ({
    env: { INNGEST_DEV: stack.inngestUrl },
  })),
  fault("a secret that everybody may read", "secret-files failed", async ({ folder }) => {
    const file = join(folder, "secrets/meta-verify-token");
    await chmod(file, 0o444);
    return { undo: () => chmod(file, 0o400) };
  }),

  fault("PostgreSQL is away", "database failed", async () => ({
    env: withPort(await closedPort()),
  })),
  fault("PostgreSQL is silent", "database failed", async () => {
    const silent = await startSilence();
    return { env: withPort(silent.url), undo: () => silent.close() };
  }),
  fault("a wrong password of the database", "database failed", async ({ logins }) => ({
    env: { DATABASE_URL: logins.system.replace(/:[0-9a-f]+@/, ":wrong@") },
  })),
  fault(
    "a migration that is missing",
    "migrations failed",
    withSql(
      "update drizzle.__drizzle_migrations set created_at = created_at - 1000000000000",
      "update drizzle.__drizzle_migrations set created_at = created_at + 1000000000000",
    ),
  ),
  fault(
    "a table without forced row-level security",
    "row-security failed",
    withSql(
      "alter table messages no force row level security",
      "alter table messages force row level security",
    ),
  ),
  fault(
    "a login of tool calls that can become the system",
    "database-logins failed",
    withSql("grant wamcp_system to CLIENT", "revoke wamcp_system from CLIENT"),
  ),
  fault(
    "a system's login that may archive",
    "database-logins warning",
    withSql("grant wamcp_archiver to SYSTEM", "revoke wamcp_archiver from SYSTEM"),
  ),
  fault(
    "a system's login that may create roles",
    "database-logins warning",
    withSql("alter role SYSTEM createrole", "alter role SYSTEM nocreaterole"),
  ),
  fault(
    "a system's login that no policy binds",
    "database-logins warning",
    withSql("alter role SYSTEM bypassrls", "alter role SYSTEM nobypassrls"),
  ),
  fault(
    "a system's login that owns a table",
    "database-logins warning",
    withSql("alter table messages owner to SYSTEM", "alter table messages owner to current_user"),
  ),
  fault("one login for everything", "database-logins warning", async ({ logins }) => ({
    env: { DATABASE_URL: logins.all, DATABASE_CLIENT_URL: logins.all },
  })),
  fault("a login of tool calls that cannot log in", "database-logins failed", async ({ logins }) => ({
    env: { DATABASE_CLIENT_URL: logins.client.replace(/:[0-9a-f]+@/, ":wrong@") },
  })),
  fault(
    "a login of tool calls that is a member of nothing",
    "database-logins failed",
    async ({ logins }) => ({
      env: { DATABASE_CLIENT_URL: logins.system },
    }),
  ),
  fault("nobody who may archive the audit log", "database-logins failed", withEnv({ AUDIT_KEEP_DAYS: "30" })),
  fault("a superuser", "database-logins warning", async ({ stack }) => ({
    env: { DATABASE_URL: stack.databaseUrl },
  })),
  fault("another pepper", "pepper failed", withEnv({ API_KEY_PEPPER_VERSION: "2" })),

  fault("a clock that is ahead", "clock failed", withAround({ now: () => new Date(Date.now() + 120_000) })),
  fault("a clock that is behind", "clock failed", withAround({ now: () => new Date(Date.now() - 120_000) })),
  fault(
    "a clock that begins to go wrong",
    "clock warning",
    withAround({ now: () => new Date(Date.now() + 15_000) }),
  ),
  fault("a full disk", "disk failed", withSpace(GIB / 2)),
  fault("a disk that fills", "disk warning", withSpace(4 * GIB)),
  fault("an old backup", "backup failed", withBackupAge(60 * HOUR_MS)),
  fault("last night's backup is missing", "backup warning", withBackupAge(30 * HOUR_MS)),
  fault("no backup at all", "backup failed", async ({ folder }) => ({
    env: { BACKUP_DIR: join(folder, "media") },
  })),

  fault("Meta cannot be reached", "meta-api failed", async () => ({
    env: { GRAPH_API_BASE_URL: await closedPort() },
  })),
  fault("Meta is silent", "meta-api failed", async () => {
    const silent = await startSilence();
    return { env: { GRAPH_API_BASE_URL: silent.url }, undo: () => silent.close() };
  }),
  fault("Meta fails", "meta-api failed", withGraphFault({ kind: "http_502_html" })),
  fault(
    "a token that Meta does not know",
    "access-token failed",
    withEnv({ META_ACCESS_TOKEN: "EAAG-another-one" }),
  ),
  fault(
    "Meta has had enough of questions about the token",
    "access-token warning",
    withGraphFault({ kind: "graph_error", code: 4, count: 1 }),
  ),
  fault("an expired token", "access-token failed", withSettings({ token_expires_at: seconds(-HOUR_MS) })),
  fault(
    "a token that expires soon",
    "access-token warning",
    withSettings({ token_expires_at: seconds(5 * DAY_MS) }),
  ),
  fault(
    "a missing permission",
    "token-scopes failed",
    withSettings({ token_scopes: ["whatsapp_business_messaging"] }),
  ),
  fault("a wrong app secret", "app-secret failed", withEnv({ META_APP_SECRET: "another-secret" })),
  fault(
    "Meta has had enough of questions about the app secret",
    "app-secret warning",
    // The first is about the token.
    withGraphFault({ kind: "graph_error", code: 4, count: 1, skip: 1 }),
  ),
  fault("nobody subscribed to the account", "subscription failed", async ({ env }) => {
    const call = (method: string) =>
      fetch(`${env.GRAPH_API_BASE_URL}/v23.0/${WABA_ID}/subscribed_apps`, {
        method,
        headers: { authorization: `Bearer ${env.META_ACCESS_TOKEN}` },
      });
    await call("DELETE");
    return { undo: () => call("POST") };
  }),
  fault(
    "a number that is disconnected",
    "number-registration failed",
    withNumber({ status: "DISCONNECTED" }),
  ),
  fault("a number that is banned", "number-registration failed", withNumber({ status: "BANNED" })),
  fault(
    "a number that Meta does not know",
    "number-registration failed",
    withGraphFault({ kind: "graph_error", code: 100, subcode: 33, phone_number_id: PHONE_NUMBER_ID }),
  ),
  fault(
    "Meta has had enough of questions about a number",
    "number-registration warning",
    withGraphFault({ kind: "graph_error", code: 80007, http_status: 400, phone_number_id: PHONE_NUMBER_ID }),
  ),
  fault("a display name that was declined", "display-name failed", withNumber({ name_status: "DECLINED" })),
  fault("a display name under review", "display-name warning", withNumber({ name_status: "PENDING_REVIEW" })),
  fault("a low quality", "quality warning", withNumber({ quality_rating: "RED" })),
  fault("an unpaid bill", "sending failed", withNumber({ can_send_message: "BLOCKED" })),
  fault("a limit that is used up", "sending warning", withNumber({ can_send_message: "LIMITED" })),
  fault(
    "another callback at Meta",
    "webhook-address failed",
    withSettings({ webhook_url: "https://old.example.test/webhook/meta" }),
  ),

  fault(
    "a name without an address",
    "dns failed",
    withAround({
      resolve: async () => {
        throw Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });
      },
    }),
  ),
  fault(
    "a name that leads into a private network",
    "dns failed",
    withAround({ resolve: async () => ["10.0.0.7"] }),
  ),
  fault("a name that leads elsewhere", "dns warning", withAround({ resolve: async () => ["198.51.100.9"] })),
  fault(
    "a name with an AAAA record",
    "dns warning",
    withAround({
      resolve: async () => [ADDRESS, ADDRESS_V6],
      localAddresses: () => ["127.0.0.1", ADDRESS, ADDRESS_V6],
    }),
  ),
  fault("an expired certificate", "certificate failed", withCertificate({ days: [-90, -1] })),
  fault("a certificate that ends soon", "certificate warning", withCertificate({ days: [-80, 5] })),
  fault(
    "a certificate for another name",
    "certificate failed",
    withCertificate({ name: "other.example.test" }),
  ),
  fault("a self-signed certificate", "certificate failed", withCertificate({ issuer: "itself" })),
  fault(
    "a certificate without its chain",
    "certificate failed",
    withCertificate({ issuer: "an intermediate that is not shown" }),
  ),
  fault(
    "nobody listens at PUBLIC_URL",
    "certificate failed",
    withAround({
      lookup: (_host, { all }, answer) =>
        all ? answer(null, [{ address: "127.0.0.2", family: 4 }]) : answer(null, "127.0.0.2", 4),
    }),
  ),
  fault("the server is away behind nginx", "webhook failed", withFront(502)),
  fault("the server is silent behind nginx", "webhook failed", withFront(0)),
  fault("a server that takes whatever comes", "webhook-signature failed", withFront(200, "POST")),
  fault("a server that cannot store what comes", "webhook-signature failed", withFront(503, "POST")),
  fault(
    "something before the server that refuses deliveries",
    "webhook-signature failed",
    withFront(403, "POST"),
  ),
  fault("nginx that takes deliveries of Meta only", "webhook-signature skipped", async (clinic) => ({
    ...(await withFront(403, "POST")(clinic)),
    env: { META_MTLS: "on" },
  })),
  fault("a redirect before the webhook", "webhook failed", withFront(301)),
  fault("a wrong verify token", "webhook failed", withEnv({ META_VERIFY_TOKEN: "another-token" })),
  fault("a server that has not read the new app secret", "webhook-signature failed", async ({ stack }) => ({
    env: { META_APP_SECRET: `a-new-secret,${stack.secrets.appSecret}` },
  })),

  fault("Inngest is down", "inngest failed", async () => ({ env: { INNGEST_BASE_URL: await closedPort() } })),
  fault(
    "an event key that Inngest does not know",
    "inngest-event-key failed",
    withEnv({ INNGEST_EVENT_KEY: "other" }),
  ),
  fault(
    "a signing key that Inngest does not know",
    "inngest-signing-key failed",
    withEnv({ INNGEST_SIGNING_KEY: STRANGE_KEY }),
  ),
  fault("a rotation that is not finished", "inngest-signing-key warning", async ({ env }) => {
    // A server that has both keys.
    const told = {
      mode: "cloud",
      signing_key_hash: hashSigningKey(STRANGE_KEY).slice(0, 12),
      event_key_hash: createHash("sha256").update(String(env.INNGEST_EVENT_KEY)).digest("hex"),
    };
    const server = await startInngestStub([], told);
    const old = { INNGEST_SIGNING_KEY_FALLBACK: String(env.INNGEST_SIGNING_KEY) };
    return {
      env: { INNGEST_SIGNING_KEY: STRANGE_KEY, ...old, INNGEST_SERVE_ORIGIN: server.url },
      undo: () => server.close(),
    };
  }),
  fault(
    "a server with another signing key",
    "inngest-endpoint failed",
    withInngest(["wamcp-send-message"], { INNGEST_SIGNING_KEY: STRANGE_KEY }),
  ),
  fault(
    "a server with another event key",
    "inngest-endpoint failed",
    withInngest(["wamcp-send-message"], { INNGEST_EVENT_KEY: "other" }),
  ),
  fault("a wrong origin of the functions", "inngest-endpoint failed", async ({ stack }) => ({
    env: { INNGEST_SERVE_ORIGIN: `${stack.simulatorUrl}/nothing` },
  })),
  fault("functions that Inngest does not know", "inngest-sync failed", withInngest([], {})),
];

function withPort(url: string): Record<string, string> {
  const address = `postgres://nobody:secret@${new URL(url).host}/none`;
  return { DATABASE_URL: address, DATABASE_CLIENT_URL: `${address}2` };
}
