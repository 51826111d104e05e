import postgres from "postgres";
import { describe, expect, it } from "vitest";

import { createTestDatabase } from "#tests/helpers/postgres/create-test-database";

describe("createTestDatabase", () => {
  it("gives each caller an empty database", async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(two.url);
    const sql = postgres(one.url, { max: 1 });
    const tables = await sql`select 1 from pg_tables where schemaname = 'public'`;
    expect(tables).toHaveLength(0);
    await sql.end();
    await Promise.all([one.drop(), two.drop()]);
  });

  it("copies a template", async () => {
    const template = await createTestDatabase();
    const writer = postgres(template.url, { max: 1 });
    await writer`create table copied as select 42 as answer`;
    await writer.end();
    const name = new URL(template.url).pathname.slice(1);
    const copy = await createTestDatabase({ template: name });
    const reader = postgres(copy.url, { max: 1 });
    expect([...(await reader`select answer from copied`)]).toEqual([{ answer: 42 }]);
    await reader.end();
    await copy.drop();
    await template.drop();
  });

  it("drops a database that is still in use, and may drop it again", async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.url, { max: 1, onclose: () => {} });
    await sql`select 1`;
    await database.drop();
    await database.drop();
    await expect(sql`select 1`).rejects.toThrow(/57P01|3D000|terminat|not exist|CONNECTION/);
    await sql.end({ timeout: 0 });
  });
});
