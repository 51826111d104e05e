import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database, type Transaction } from "#db/client";
import { toAppError } from "#server/utils/errors";
import { isDataError } from "#server/utils/is-data-error";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const USES_BEFORE_KEPT = 10;
const MOST_KEPT = 100;

let ctx: TestContext;
let database: Database;
beforeAll(async () => {
  ctx = await createTestContext();
  await ctx.sql`create table scratch (id int, word text)`;
  await ctx.sql`insert into scratch values (7, 'seven')`;
  await ctx.sql`grant select on scratch to wamcp_system`;
  database = openDatabase({ url: ctx.url, maxConnections: 1 });
});
afterAll(async () => {
  await database?.close();
  await ctx?.close();
});

/** How often a connection has run each of the statements that it keeps and that contain this text. */
async function listRuns(tx: Transaction, text: string): Promise<number[]> {
  const rows = await tx.execute<{ runs: number }>(
    sql.raw(`
      select (generic_plans + custom_plans)::int as runs from pg_prepared_statements
      where position('${text}' in statement) > 0`),
  );
  return rows.map(({ runs }) => runs);
}

async function repeat(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work();
}

describe("a statement with parameters", () => {
  const select = async (tx: Transaction) => [
    ...(await tx.execute(sql`select id, word from scratch where word = ${"seven"}`)),
  ];
  const runs = () => listRuns(database.system, "from scratch where word");

  it("is kept by the connection when it has come often, in transactions and outside of them", async () => {
    await repeat(USES_BEFORE_KEPT - 1, () => database.asSystem(select));
    expect(await runs()).toEqual([]);
    for (const many of [1, 2, 3]) {
      expect(await (many === 2 ? select(database.system) : database.asSystem(select))).toEqual([
        { id: 7, word: "seven" },
      ]);
      expect(await runs()).toEqual([many]);
    }
  });

  it("is so as the client too, whose place is set for each transaction", async () => {
    const placesSet = () => database.asClient(NOBODY, (tx) => listRuns(tx, "set_config"));
    await repeat(USES_BEFORE_KEPT, placesSet);
    expect(await placesSet()).toEqual([2]);
  });

  it("goes on when a migration changes what it returns: a transaction fails once at most", async () => {
    await ctx.sql`alter table scratch alter column id type bigint`;
    const failure: unknown = await database.asSystem(select).catch((error: unknown) => error);
    expect(toAppError(failure)).toMatchObject({ code: "internal" });
    // It is nobody's data that is at fault: a webhook is looked at again.
    expect(isDataError(failure)).toBe(false);
    expect(await database.asSystem(select)).toEqual([{ id: "7", word: "seven" }]);
    await ctx.sql`alter table scratch alter column id type int`;
    expect(await select(database.system)).toEqual([{ id: 7, word: "seven" }]);
  });

  it("is not kept when there are very many", async () => {
    await database.close();
    database = openDatabase({ url: ctx.url, maxConnections: 1 });
    for (let index = 0; index < MOST_KEPT + 20; index += 1) {
      const name = sql.identifier(`of_${index}`);
      await repeat(USES_BEFORE_KEPT, () =>
        database.system.execute(sql`select id as ${name} from scratch where id = ${7}`),
      );
    }
    expect(await listRuns(database.system, "$1")).toHaveLength(MOST_KEPT);
  });
});
