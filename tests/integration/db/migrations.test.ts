import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateDatabase } from "#db/migrate";
import * as schema from "#db/schema/index";
import { findMigrationsDir } from "#server/utils/find-migrations-dir";
import { createTestDatabase, type TestDatabase } from "#tests/helpers/postgres/create-test-database";

const MIGRATIONS_DIR = findMigrationsDir();
const JOURNAL = readJson(`${MIGRATIONS_DIR}/meta/_journal.json`) as { entries: { idx: number }[] };

let empty: TestDatabase;
let sql: postgres.Sql;

beforeEach(async () => {
  empty = await createTestDatabase();
  sql = postgres(empty.url, { max: 2, onnotice: () => {} });
});

afterEach(async () => {
  await sql.end({ timeout: 5 });
  await empty.drop();
});

describe("migrateDatabase", () => {
  it("lets five processes that start at once migrate an empty database together", async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(empty.url, MIGRATIONS_DIR)));
    expect(await countApplied()).toBe(JOURNAL.entries.length);
  });

  it("finds nothing to do the second time", async () => {
    await migrateDatabase(empty.url, MIGRATIONS_DIR);
    const before = await describeDatabase();
    await migrateDatabase(empty.url, MIGRATIONS_DIR);
    expect(await describeDatabase()).toEqual(before);
    expect(await countApplied()).toBe(JOURNAL.entries.length);
  });

  it("makes every table, column, default and index of the schema, and no other", async () => {
    await migrateDatabase(empty.url, MIGRATIONS_DIR);
    const tables = Object.values(schema).map((table) => getTableConfig(table as PgTable));
    const columns = tables.flatMap((table) =>
      table.columns.map((column) => ({
        table: table.name,
        column: column.name,
        type: column.getSQLType(),
        required: column.notNull,
        hasDefault: column.hasDefault,
      })),
    );
    expect(await readColumns()).toEqual(sortByText(columns));
    const indexes = tables.flatMap((table) =>
      table.indexes.map(({ config }) => ({
        table: table.name,
        index: config.name,
        isUnique: config.unique,
        isPartial: config.where !== undefined,
      })),
    );
    expect(await readIndexes()).toEqual(sortByText(indexes));
  });
});

describe("drizzle-kit generate", () => {
  it("would make no migration from the schema as it is", async () => {
    const newest = Math.max(...JOURNAL.entries.map(({ idx }) => idx));
    const name = `${String(newest).padStart(4, "0")}_snapshot.json`;
    const snapshot = readJson(`${MIGRATIONS_DIR}/meta/${name}`);
    const previous = snapshot as Parameters<typeof generateMigration>[0];
    expect(await generateMigration(previous, generateDrizzleJson(schema, previous.id))).toEqual([]);
  });
});

async function countApplied(): Promise<number> {
  const [row] = await sql<[{ count: number }]>`
    select count(*)::int as count from drizzle.__drizzle_migrations`;
  return row.count;
}

async function describeDatabase(): Promise<unknown> {
  const functions = await sql`
    select proname, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace order by 1`;
  const policies = await sql`select * from pg_policies order by tablename, policyname`;
  const triggers = await sql`select tgname, tgrelid::regclass::text from pg_trigger order by 1, 2`;
  return { columns: await readColumns(), functions, policies, triggers };
}

async function readColumns(): Promise<{ table: string; column: string }[]> {
  const rows = await sql<{ table: string; column: string }[]>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as required, a.atthasdef as "hasDefault"
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`;
  return sortByText([...rows]);
}

async function readIndexes(): Promise<{ table: string; index: string }[]> {
  // Those that stand behind a constraint are the constraint's.
  const rows = await sql<{ table: string; index: string }[]>`
    select t.relname as table, i.relname as index, x.indisunique as "isUnique", x.indpred is not null as "isPartial"
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where t.relnamespace = 'public'::regnamespace
      and not exists (select from pg_constraint where conindid = x.indexrelid and contype in ('p', 'u'))`;
  return sortByText([...rows]);
}

function sortByText<T>(rows: T[]): T[] {
  return rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
