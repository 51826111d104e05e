import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql as query } from "drizzle-orm";
import { openDatabase, type Database } from "#db/client";
import { migrateDatabase } from "#db/migrate";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { createClient } from "#server/utils/admin/clients/create-client";
import { systemClock } from "#server/utils/clock";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";
import { findPostgresClient } from "#tests/helpers/deploy/find-postgres-client";

const SCRIPT = "deploy/postgres/set-logins.sh";
const NAMES = ["owner", "system", "client", "archiver"] as const;
const DENIED = "42501";
const WRONG_PASSWORD = "28P01";
const OLDER_SCHEMA = 3;

type Login = (typeof NAMES)[number];

const clients = findPostgresClient();

let folder: string;
let server: LocalPostgres;
const logged: string[] = [];
const opened: postgres.Sql[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "logins-"));
  await chmod(folder, 0o755);
  // Everything that a server can log, so that a password would be seen.
  const settings = { fsync: "off", log_statement: "all", log_min_duration_statement: "0" };
  server = await startPostgres({ settings, log: (line) => void logged.push(line) });
});

afterAll(async () => {
  await Promise.all(opened.map((sql) => sql.end({ timeout: 5 })));
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function connect(url: string, role?: string): postgres.Sql {
  const sql = postgres(url, { max: 1, onnotice: () => {}, ...(role ? { connection: { role } } : {}) });
  opened.push(sql);
  return sql;
}

const passwordOf = (login: Login, round: string): string => `${login}-password-of-${round}`;

function urlOf(login: Login, database: string, round = "first"): string {
  const url = new URL(server.url(database));
  url.username = `wamcp_${login}_login`;
  url.password = passwordOf(login, round);
  return url.href;
}

/** Runs the script as it runs in PostgreSQL's container, with passwords of its own per round. */
async function setLogins(database: string, round = "first"): Promise<void> {
  for (const login of NAMES)
    await writeFile(join(folder, `database-${login}-password`), passwordOf(login, round));
  const { username, password, port } = new URL(server.url());
  await promisify(execFile)("bash", [SCRIPT], {
    env: {
      PATH: `${clients}:${process.env["PATH"]}`,
      PGHOST: "127.0.0.1",
      PGPORT: port,
      PGPASSWORD: decodeURIComponent(password),
      POSTGRES_USER: username,
      POSTGRES_DB: database,
      LOGIN_SECRETS_DIR: folder,
    },
  });
}

async function createDatabase(name: string): Promise<void> {
  await connect(server.url()).unsafe(`create database ${name}`);
}

const codeOf = async (work: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(work).then(
    () => "allowed",
    (error: unknown) => (error as postgres.PostgresError).code,
  );

/** The schema as an earlier release knew it. */
async function copyOlderMigrations(): Promise<string> {
  const dir = join(folder, "older");
  await cp(findMigrationsDir(), dir, { recursive: true });
  const file = join(dir, "meta/_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8")) as { entries: unknown[] };
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, OLDER_SCHEMA) }));
  return dir;
}

describe("one login for everything", () => {
  it("migrates and works without being a superuser, with CREATEROLE and its own database", async () => {
    await createDatabase("alone");
    const admin = connect(server.url());
    await admin.unsafe("create role only_login login createrole password 'alone-with-everything'");
    await admin.unsafe("alter database alone owner to only_login");
    const url = new URL(server.url("alone"));
    [url.username, url.password] = ["only_login", "alone-with-everything"];
    await migrateDatabase(url.href, findMigrationsDir());
    const database = openDatabase({ url: url.href, maxConnections: 1 });
    try {
      const clientId = await makeClient(database);
      expect(await countClients(database, clientId)).toBe(1);
      expect(await database.asArchiver((tx) => tx.execute(query`delete from audit_log`))).toBeDefined();
    } finally {
      await database.close();
    }
  });
});

describe.runIf(clients !== undefined)("a login per role", () => {
  let database: Database;

  beforeAll(async () => {
    await createDatabase("walled");
    await setLogins("walled");
    await migrateDatabase(urlOf("owner", "walled"), findMigrationsDir());
    database = openDatabase({
      url: urlOf("system", "walled"),
      clientUrl: urlOf("client", "walled"),
      archiverUrl: urlOf("archiver", "walled"),
      maxConnections: 2,
    });
  });

  afterAll(() => database?.close());

  it("lets the server do its work", async () => {
    const [ann, bob] = [await makeClient(database, "ann"), await makeClient(database, "bob")];
    expect(await countClients(database, ann)).toBe(1);
    expect(await countClients(database, bob)).toBe(1);
    expect(await database.asArchiver((tx) => tx.execute(query`delete from audit_log`))).toBeDefined();
    expect(await database.readTimeMs()).toBeGreaterThan(0);
  });

  it.each([
    ["client", ["wamcp_system", "wamcp_archiver", "wamcp_owner_login", "wamcp_system_login", "postgres"]],
    ["system", ["wamcp_client", "wamcp_archiver", "wamcp_owner_login", "postgres"]],
    ["archiver", ["wamcp_client", "wamcp_system", "wamcp_owner_login", "postgres"]],
    ["owner", ["postgres", "pg_read_all_data"]],
  ] as const)("lets the %s's login take no role but its own", async (login, others) => {
    const sql = connect(urlOf(login, "walled"));
    for (const role of others) {
      expect(await codeOf(sql.unsafe(`set role ${role}`)), role).toBe(DENIED);
      expect(await codeOf(connect(urlOf(login, "walled"), role)`select 1`), role).toBe(DENIED);
    }
    expect(await codeOf(sql.unsafe("set session authorization postgres"))).toBe(DENIED);
  });

  it("shows the client's login one client's rows, by whatever role it asks", async () => {
    const [ann, bob] = [await makeClient(database, "cai"), await makeClient(database, "dov")];
    for (const role of [undefined, "wamcp_client", "wamcp_client_login"]) {
      const sql = connect(urlOf("client", "walled"), role);
      expect(await sql`select id from clients`).toHaveLength(0);
      await sql`select set_config('app.client_id', ${ann}, false)`;
      expect((await sql`select id from clients`).map(({ id }) => id as string)).toEqual([ann]);
      expect(await sql`select id from clients where id = ${bob}`).toHaveLength(0);
      expect(await codeOf(sql`select hash from api_keys`)).toBe(DENIED);
      expect(await codeOf(sql`set row_security = off`.then(() => sql`select id from clients`))).toBe(DENIED);
      expect(await codeOf(sql`create table mine ()`)).toBe(DENIED);
      expect(await codeOf(sql`create temporary table mine ()`)).toBe(DENIED);
      expect(await codeOf(sql`select * from drizzle.__drizzle_migrations`)).toBe(DENIED);
    }
  });

  it("keeps the audit log from everybody but the archiver, and the schema from everybody but the owner", async () => {
    const system = connect(urlOf("system", "walled"));
    expect(await codeOf(system`delete from audit_log`)).toBe(DENIED);
    expect(await codeOf(system`alter table clients disable row level security`)).toBe(DENIED);
    expect(await codeOf(system`create table mine ()`)).toBe(DENIED);
    expect(await codeOf(connect(urlOf("owner", "walled"))`create role another`)).toBe(DENIED);
  });

  it("ends what hangs", async () => {
    const client = connect(urlOf("client", "walled"));
    expect(await client`show statement_timeout`).toEqual([{ statement_timeout: "30s" }]);
    expect(await client`show idle_in_transaction_session_timeout`).toEqual([
      { idle_in_transaction_session_timeout: "30s" },
    ]);
    const owner = connect(urlOf("owner", "walled"));
    expect(await owner`show statement_timeout`).toEqual([{ statement_timeout: "0" }]);
  });

  it("lets nobody else connect", async () => {
    await connect(server.url()).unsafe("create role stranger login password 'stranger-here'");
    const url = new URL(server.url("walled"));
    [url.username, url.password] = ["stranger", "stranger-here"];
    expect(await codeOf(connect(url.href)`select 1`)).toBe(DENIED);
  });

  it("lets the server start with the system's login where the schema is up to date, and says so where it is not", async () => {
    await migrateDatabase(urlOf("system", "walled"), findMigrationsDir());
    await createDatabase("older");
    await setLogins("older");
    await migrateDatabase(urlOf("owner", "older"), await copyOlderMigrations());
    await expect(migrateDatabase(urlOf("system", "older"), findMigrationsDir())).rejects.toThrow(
      "run `migrate` as its owner",
    );
    await migrateDatabase(urlOf("owner", "older"), findMigrationsDir());
    await migrateDatabase(urlOf("system", "older"), findMigrationsDir());
  });

  it("changes passwords when it runs again, and logs none", async () => {
    await setLogins("walled", "second");
    for (const login of NAMES) {
      expect(await codeOf(connect(urlOf(login, "walled"))`select 1`), login).toBe(WRONG_PASSWORD);
      expect(await codeOf(connect(urlOf(login, "walled", "second"))`select 1`), login).toBe("allowed");
    }
    expect(logged.some((line) => line.includes("ALTER DATABASE"))).toBe(true);
    expect(logged.filter((line) => line.includes("-password-of-"))).toEqual([]);
  });
});

async function makeClient(database: Database, name = "somebody"): Promise<string> {
  const peppers = { current: { version: 1, secret: "pepper-for-tests-".repeat(3) } };
  return createClient({ database, clock: systemClock, peppers }, { name, displayName: name, isOwner: false });
}

async function countClients(database: Database, clientId: string): Promise<number> {
  const rows = await database.asClient(clientId, (tx) => tx.execute(query`select id from clients`));
  return rows.length;
}
