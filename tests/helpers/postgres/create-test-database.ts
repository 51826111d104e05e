import { randomBytes } from "node:crypto";

import postgres from "postgres";

/** A database that belongs to one test or one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Drops the database, with whatever connections are still open to it. May be called again. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** A URL of the server's database `postgres`; the shared test server when left out. */
  readonly server?: string;
  /** The database to copy; an empty one when left out. Nobody may be connected to it. */
  readonly template?: string;
}

/** Creates a database of its own on a test server. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  // Only a test file can be asked; the global setup names its server.
  const admin = options.server ?? (await import("vitest")).inject("postgresUrl");
  const { template } = options;
  await run(admin, (sql) =>
    template === undefined
      ? sql`create database ${sql(name)}`
      : sql`create database ${sql(name)} template ${sql(template)}`,
  );
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(admin, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

async function run(url: string, statement: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await statement(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
