import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { canaryOf, listClientTables, listIdsOf, plantRows, type ClientTable } from "./planted-rows";

let ctx: TestContext;
let tenants: Tenants;
let tables: ClientTable[];
let client: postgres.Sql;
let idsOf: { ann: string[]; bob: string[] };

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  await plantRows(ctx, tenants);
  tables = await listClientTables(ctx.sql);
  client = postgres(ctx.url, { max: 2, onnotice: () => {}, connection: { role: "wamcp_client" } });
  const { ann, bob, numbers } = tenants;
  idsOf = {
    ann: await listIdsOf(ctx.sql, ann.clientId, numbers.ann.id),
    bob: await listIdsOf(ctx.sql, bob.clientId, numbers.bob.id),
  };
});

afterAll(async () => {
  await client.end({ timeout: 5 });
  await ctx.close();
});

/** Runs a statement as a client, or as nobody, and rolls nothing back. */
async function runAs(
  clientId: string | undefined,
  statement: string,
): Promise<postgres.RowList<postgres.Row[]>> {
  return client.begin(async (tx) => {
    if (clientId !== undefined) await tx`select set_config('app.client_id', ${clientId}, true)`;
    return tx.unsafe(statement);
  }) as Promise<postgres.RowList<postgres.Row[]>>;
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "allowed",
    (error: unknown) => (error as postgres.PostgresError).code,
  );

const DENIED = "42501";
const quoted = (names: string[]): string => names.map((name) => `"${name}"`).join(", ");

/** Everything that one client sees of one table, as text. */
async function readAs(clientId: string | undefined, { name, readable }: ClientTable): Promise<string[]> {
  if (readable.length === 0) return [];
  const rows = await runAs(clientId, `select ${quoted(readable)} from "${name}"`);
  return rows.map((row) => JSON.stringify(row));
}

describe("every table", () => {
  it("has row-level security, forced for its owner too", async () => {
    const rows = await ctx.sql`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and not (relrowsecurity and relforcerowsecurity)`;
    expect([...rows]).toEqual([]);
  });

  it("is filled, so that seeing nothing means something", async () => {
    for (const { name } of tables) {
      const [row] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from ${ctx.sql(name)}`;
      expect(row.count, name).toBeGreaterThan(0);
    }
  });

  it("shows nothing to a connection that is no client's", async () => {
    for (const table of tables) expect(await readAs(undefined, table), table.name).toEqual([]);
  });

  it("refuses what a client's role may not even ask for", async () => {
    for (const { name, readable } of tables) {
      if (readable.length > 0) continue;
      expect(await codeOf(runAs(tenants.owner.clientId, `select 1 from "${name}"`)), name).toBe(DENIED);
    }
    const unreadable = tables.filter(({ readable }) => readable.length === 0).map(({ name }) => name);
    expect(unreadable).toEqual([
      "api_keys",
      "mcp_sessions",
      "message_words",
      "outbox",
      "rate_buckets",
      "usage_daily",
      "webhook_inbox",
    ]);
  });
});

describe.each([
  ["ann", "bob"],
  ["bob", "ann"],
] as const)("%s, without a filter", (me, other) => {
  it("sees its own rows", async () => {
    const seen = new Map<string, string[]>();
    for (const table of tables) seen.set(table.name, await readAs(tenants[me].clientId, table));
    const counts = (name: string) => seen.get(name)?.length;
    expect(counts("conversations")).toBe(2);
    expect(counts("messages")).toBe(4);
    expect(counts("contacts")).toBe(2);
    expect(counts("phone_numbers")).toBe(2);
    expect(counts("clients")).toBe(1);
    expect(counts("grants")).toBe(2);
    expect(counts("approvals")).toBe(1);
    expect(counts("grant_recipients")).toBe(2);
    expect(counts("media_objects")).toBe(5);
    expect(seen.get("templates")?.join()).toContain("template_of_900");
    expect(seen.get("templates")).toHaveLength(1);
    for (const name of ["changes", "message_events", "contact_aliases", "audit_log"]) {
      expect(counts(name), name).toBeGreaterThan(0);
    }
    expect([...seen.values()].flat().join("\n")).toContain(canaryOf(me));
  });

  it("sees nothing of the other one, on disjoint numbers and on the shared one", async () => {
    for (const table of tables) {
      const seen = (await readAs(tenants[me].clientId, table)).join("\n");
      expect(seen, table.name).not.toContain(canaryOf(other));
      for (const id of idsOf[other]) expect(seen, table.name).not.toContain(id);
    }
  });

  it("changes nothing of the other one", async () => {
    const isChangeable = ({ changeable }: ClientTable) => changeable.length > 0;
    for (const { name } of tables.filter((table) => !isChangeable(table))) {
      const update = `update "${name}" set "${anyColumn(name)}" = null`;
      expect(await codeOf(runAs(tenants[me].clientId, update)), name).toBe(DENIED);
    }
    expect(tables.filter(isChangeable).map(({ name }) => name)).toEqual(["conversations"]);
    for (const { name, readable, changeable } of tables.filter(isChangeable)) {
      const assignments = changeable.map((column) => `"${column}" = "${column}"`).join(", ");
      const rows = await runAs(
        tenants[me].clientId,
        `update "${name}" set ${assignments} returning ${quoted(readable)}`,
      );
      const changed = JSON.stringify(rows);
      expect(rows.length, name).toBeGreaterThan(0);
      for (const id of idsOf[other]) expect(changed, name).not.toContain(id);
    }
  });

  it("deletes and truncates nothing at all", async () => {
    for (const { name } of tables) {
      expect(await codeOf(runAs(tenants[me].clientId, `delete from "${name}"`)), name).toBe(DENIED);
      expect(await codeOf(runAs(tenants[me].clientId, `truncate "${name}" cascade`)), name).toBe(DENIED);
    }
  });
});

describe("the owner, who has visibility all", () => {
  it("sees both clients' conversations and messages", async () => {
    const seen = (await Promise.all(tables.map((table) => readAs(tenants.owner.clientId, table)))).flat();
    expect(seen.join("\n")).toContain(canaryOf("ann"));
    expect(seen.join("\n")).toContain(canaryOf("bob"));
    const rows = await runAs(tenants.owner.clientId, "select id from messages");
    expect(rows.length).toBe(8);
  });
});

describe("a file", () => {
  const idsSeenBy = async (clientId: string, direction: string): Promise<unknown[]> => {
    const rows = await runAs(
      clientId,
      `select message_id from media_objects where message_id is not null and direction = '${direction}'`,
    );
    return rows.map((row) => row.message_id);
  };

  it.each(["inbound", "outbound"])("%s is seen by whoever sees its message", async (direction) => {
    const { owner, ann, bob } = tenants;
    const [anns, bobs] = [await idsSeenBy(ann.clientId, direction), await idsSeenBy(bob.clientId, direction)];
    expect([anns.length, bobs.length]).toEqual([2, 2]);
    expect((await idsSeenBy(owner.clientId, direction)).toSorted()).toEqual([...anns, ...bobs].toSorted());
    const give = (from: string, to: string) =>
      ctx.sql`update conversations set owner_client_id = ${to} where owner_client_id = ${from} returning id`;
    const given = await give(ann.clientId, bob.clientId);
    expect(await idsSeenBy(ann.clientId, direction)).toEqual([]);
    // Bob has no grant for ann's own number.
    expect(await idsSeenBy(bob.clientId, direction)).toHaveLength(3);
    for (const { id } of given) {
      await ctx.sql`update conversations set owner_client_id = ${ann.clientId} where id = ${String(id)}`;
    }
  });

  it.each(["inbound", "outbound"])("%s is gone when the author took its message back", async (direction) => {
    const { ann } = tenants;
    const [taken, ...left] = await idsSeenBy(ann.clientId, direction);
    const revoke = (at: Date | null) =>
      ctx.sql`update messages set revoked_at = ${at} where id = ${String(taken)}`;
    await revoke(new Date());
    expect(await idsSeenBy(ann.clientId, direction)).toEqual(left);
    await revoke(null);
  });
});

describe("a revoked grant", () => {
  it("takes the sight of its number away at once, and a restored one gives it back", async () => {
    const { bob, numbers } = tenants;
    const countMessages = async () => (await runAs(bob.clientId, "select id from messages")).length;
    const revokedAt = (at: Date | null) => ctx.sql`
      update grants set revoked_at = ${at} where client_id = ${bob.clientId} and phone_number_id = ${numbers.shared.id}`;
    await revokedAt(new Date());
    expect(await countMessages()).toBe(2);
    await revokedAt(null);
    expect(await countMessages()).toBe(4);
  });
});

function anyColumn(name: string): string {
  return tables.find((table) => table.name === name)?.columns[0] ?? "id";
}
