import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import postgres, { type Sql } from "postgres";
import { createCertificate, type Certificate } from "#tests/helpers/tls/create-certificate";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { runDoctor } from "../../../scripts/doctor/run-doctor";
import type { Surroundings } from "../../../scripts/doctor/surroundings";
import { startFront, type Front } from "./start-front";

/** What a run of the doctor said. */
export interface Examination {
  readonly code: number;
  readonly text: string;
  readonly status: string;
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly says: string;
    readonly mend?: string;
    readonly see?: string;
  }[];
  /** The checks that found something wrong. */
  readonly complaints: readonly string[];
}

/** The built server, healthy as in production, and a doctor who can be told of something else. */
export interface Clinic {
  readonly stack: TestStack;
  readonly sql: Sql;
  readonly front: Front;
  readonly authority: Certificate;
  readonly certificate: Certificate;
  readonly folder: string;
  readonly logins: { readonly system: string; readonly client: string; readonly all: string };
  readonly env: Readonly<Record<string, string>>;
  readonly around: Surroundings;
  examine(env?: Readonly<Record<string, string>>, around?: Partial<Surroundings>): Promise<Examination>;
  close(): Promise<void>;
}

export const HOST = "wa.example.test";
export const ADDRESS = "203.0.113.7";
const KEYS = { eventKey: "an-event-key", signingKey: "5ec5e7".repeat(10) };
const GIB = 1024 ** 3;

export async function openClinic(): Promise<Clinic> {
  const stack = await openTestStack({ inngestKeys: KEYS });
  const sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
  const authority = createCertificate({ name: "an authority" });
  const certificate = createCertificate({ name: HOST, issuer: authority });
  const front = await startFront(stack.origin, certificate);
  const publicUrl = `https://${HOST}:${front.port}`;
  await stack.phones.configure({ webhook_url: `${publicUrl}/webhook/meta` });
  const folder = await mkdtemp(join(tmpdir(), "wamcp-doctor-"));
  await furnish(folder, stack);
  const { logins, drop } = await createLogins(sql);
  const env = describeEnvironment(stack, publicUrl, folder, logins);
  const around = createAround(authority);
  return {
    stack,
    sql,
    front,
    authority,
    certificate,
    folder,
    logins,
    env,
    around,
    examine: (moreEnv, moreAround) => examine({ ...env, ...moreEnv }, { ...around, ...moreAround }),
    async close() {
      await front.close();
      await drop();
      await sql.end({ timeout: 5 });
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function furnish(folder: string, stack: TestStack): Promise<void> {
  for (const name of ["media", "audit", "secrets", "backups/2026-11-22"])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "backups/2026-11-22/SHA256SUMS"), "");
  const secret = join(folder, "secrets/meta-verify-token");
  await writeFile(secret, `${stack.secrets.verifyToken}\n`);
  await chmod(secret, 0o400);
}

function createAround(authority: Certificate): Surroundings {
  return {
    now: () => new Date(),
    resolve: async () => [ADDRESS],
    localAddresses: () => ["127.0.0.1", ADDRESS],
    readSpace: async () => ({ freeBytes: 50 * GIB, totalBytes: 100 * GIB }),
    lookup: (_host, options, answer) =>
      options.all ? answer(null, [{ address: "127.0.0.1", family: 4 }]) : answer(null, "127.0.0.1", 4),
    ca: authority.pem,
  };
}

function describeEnvironment(
  { secrets, simulatorUrl, inngestUrl }: TestStack,
  publicUrl: string,
  folder: string,
  logins: Clinic["logins"],
): Record<string, string> {
  return {
    PUBLIC_URL: publicUrl,
    DATABASE_URL: logins.system,
    DATABASE_CLIENT_URL: logins.client,
    GRAPH_API_BASE_URL: simulatorUrl,
    META_APP_SECRET: secrets.appSecret,
    META_VERIFY_TOKEN: "secrets://meta-verify-token",
    META_ACCESS_TOKEN: secrets.accessToken,
    API_KEY_PEPPER: secrets.pepper,
    MEDIA_URL_SECRET: secrets.mediaUrlSecret,
    MEDIA_ROOT: join(folder, "media"),
    AUDIT_ARCHIVE_DIR: join(folder, "audit"),
    INNGEST_BASE_URL: inngestUrl,
    INNGEST_EVENT_KEY: KEYS.eventKey,
    INNGEST_SIGNING_KEY: KEYS.signingKey,
    SECRETS_DIR: join(folder, "secrets"),
    BACKUP_DIR: join(folder, "backups"),
  };
}

/** Logins as deploy/postgres makes them. Roles belong to the whole server, so they are dropped. */
async function createLogins(sql: Sql): Promise<{ logins: Clinic["logins"]; drop: () => Promise<void> }> {
  const { host, port, database } = sql.options;
  const password = randomBytes(12).toString("hex");
  const made: string[] = [];
  const create = async (roles: string): Promise<string> => {
    const login = `doctor_${randomBytes(6).toString("hex")}`;
    await sql.unsafe(`create role ${login} login password '${password}' in role ${roles}`);
    made.push(login);
    return login;
  };
  const [system, client] = [await create("wamcp_system"), await create("wamcp_client")];
  const all = await create("wamcp_system, wamcp_client, wamcp_archiver");
  const address = (login: string) => `postgres://${login}:${password}@${host[0]}:${port[0]}/${database}`;
  return {
    logins: { system: address(system), client: address(client), all: address(all) },
    drop: async () => {
      await sql.unsafe(`drop role if exists ${made.join(", ")}`);
    },
  };
}

async function examine(env: Readonly<Record<string, string>>, around: Surroundings): Promise<Examination> {
  let text = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString("utf8");
      done();
    },
  });
  const code = await runDoctor(["--json"], { env, stdout: sink, stderr: sink, around });
  const report = JSON.parse(text) as Pick<Examination, "status" | "checks">;
  const complaints = report.checks
    .filter(({ status }) => status === "failed" || status === "warning")
    .map(({ id, status }) => `${id} ${status}`);
  return { code, text, ...report, complaints };
}
