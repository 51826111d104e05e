import postgres from "postgres";

/** A database on a server that others may use too. */
export interface OwnDatabase {
  readonly url: string;
  /** Drops it, with whatever is still connected. */
  drop(): Promise<void>;
}

/** Creates an empty database. */
export async function createDatabase(adminUrl: string, name: string): Promise<OwnDatabase> {
  await run(adminUrl, (sql) => sql`create database ${sql(name)}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(adminUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

async function run(adminUrl: string, statement: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await statement(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
