import postgres from "postgres";

import { startPostgres } from "#dev/postgres/start-postgres";

import { dockerAnswers } from "./docker-answers";

const IMAGE = "postgres:16-alpine";
const OLDEST_VERSION = 160_000;
/** The shared server holds nothing that outlives a test run, so it need not wait for the disk. */
const FAST_SETTINGS = { fsync: "off", full_page_writes: "off", max_connections: "200" };

/** The PostgreSQL server that one test run shares. */
export interface TestServer {
  /** Which server was taken, for people. */
  readonly description: string;
  /** A URL of the database `postgres` for a user who may create databases. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the server for the tests: `DATABASE_URL` when it is set, else a container where a Docker engine
 * answers, else PostgreSQL from the npm package.
 *
 * @throws Error when `DATABASE_URL` names a server that cannot be used; nothing else is tried then
 */
export async function openTestServer(env: NodeJS.ProcessEnv = process.env): Promise<TestServer> {
  if (env["DATABASE_URL"]) return openGivenServer(env["DATABASE_URL"]);
  if (!(await dockerAnswers(env))) return openEmbeddedServer("PostgreSQL from npm, no Docker engine answers");
  try {
    return await openContainer();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return openEmbeddedServer(`PostgreSQL from npm, the container did not start: ${reason}`);
  }
}

async function openGivenServer(databaseUrl: string): Promise<TestServer> {
  const url = new URL(databaseUrl);
  url.pathname = "/postgres";
  const sql = postgres(url.href, { max: 1, connect_timeout: 10 });
  try {
    const [server] = await sql<[{ mayCreate: boolean; version: number }]>`
      select rolsuper or rolcreatedb as "mayCreate", current_setting('server_version_num')::int as version
      from pg_roles where rolname = current_user`;
    if (!server.mayCreate) throw new Error("The user of DATABASE_URL may not create databases.");
    if (server.version < OLDEST_VERSION)
      throw new Error("The server of DATABASE_URL is older than PostgreSQL 16.");
  } finally {
    await sql.end({ timeout: 5 });
  }
  return { description: `DATABASE_URL, ${url.host}`, url: url.href, close: async () => {} };
}

async function openContainer(): Promise<TestServer> {
  // Imported only here: the module takes about a second to load.
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  const settings = Object.entries(FAST_SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const container = await new PostgreSqlContainer(IMAGE)
    .withDatabase("postgres")
    .withCommand(["postgres", ...settings])
    .start();
  return {
    description: `a container of ${IMAGE}`,
    url: container.getConnectionUri(),
    close: async () => void (await container.stop()),
  };
}

async function openEmbeddedServer(description: string): Promise<TestServer> {
  const server = await startPostgres({
    settings: FAST_SETTINGS,
    onExit: (code, signal) => process.stderr.write(`The test server ended: ${signal ?? `code ${code}`}.\n`),
  });
  return { description, url: server.url(), close: () => server.stop() };
}
