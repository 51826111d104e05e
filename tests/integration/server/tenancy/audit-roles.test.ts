import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const DENIED = "42501";
/** What each role may do with the audit log. A role that is not here fails the tests. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  wamcp_system: ["SELECT", "INSERT"],
  wamcp_client: ["SELECT", "INSERT"],
  wamcp_archiver: ["SELECT", "DELETE"],
};
const EVERY_PRIVILEGE = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  await ctx.sql`insert into audit_log ${ctx.sql([entry("ann"), entry("ann"), entry("bob")])}`;
});
afterAll(() => ctx?.close());

const entry = (name: "ann" | "bob", more: Record<string, unknown> = {}) => ({
  id: newId(),
  at: new Date(),
  actor: "key",
  client_id: tenants[name].clientId,
  action: "tool.ping",
  outcome: "ok",
  ...more,
});

/** Runs a statement as a role, with ann as the client, rolls it back, and tells how many rows it was about or why it was refused. */
async function tryAs(
  role: string,
  work: (tx: postgres.TransactionSql) => Promise<{ count: number }>,
): Promise<number | string> {
  let rows = -1;
  const undo = new Error("rolled back");
  try {
    await ctx.sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${role}`);
      await tx`select set_config('app.client_id', ${tenants.ann.clientId}, true)`;
      rows = (await work(tx)).count;
      throw undo;
    });
  } catch (error) {
    if (error !== undo) return (error as postgres.PostgresError).code;
  }
  return rows;
}

const run = (role: string, statement: string) => tryAs(role, (tx) => tx.unsafe(statement));
const insert = (role: string, row: Record<string, unknown>) =>
  tryAs(role, (tx) => tx`insert into audit_log ${tx(row)}`);

// Roles belong to the whole server of the tests: "wamcp_test_" is what other files make beside this one.
describe("the roles on this server", () => {
  it("are these three, and nobody can log in as one or is bound by no policy", async () => {
    const roles = await ctx.sql<{ rolname: string }[]>`
      select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolinherit
      from pg_roles where rolname like 'wamcp%' and not starts_with(rolname, 'wamcp_test_') order by rolname`;
    expect(roles.map(({ rolname }) => rolname)).toEqual(Object.keys(MAY).toSorted());
    for (const role of roles) {
      expect(role).toMatchObject({
        rolcanlogin: false,
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
      });
    }
  });

  it("can become no other one", async () => {
    const members = await ctx.sql`
      select m.rolname as member, r.rolname as role from pg_auth_members a
      join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid
      where m.rolname like 'wamcp%' and not starts_with(m.rolname, 'wamcp_test_')`;
    expect([...members]).toEqual([]);
  });

  it("are all that anybody granted something on the audit log", async () => {
    const grants = await ctx.sql<{ grantee: string; privilege_type: string }[]>`
      select grantee, privilege_type from information_schema.role_table_grants
      where table_schema = 'public' and table_name = 'audit_log' and grantee <> current_user`;
    const found = new Map<string, string[]>();
    for (const { grantee, privilege_type: privilege } of grants) {
      found.set(grantee, [...(found.get(grantee) ?? []), privilege]);
    }
    expect([...found.keys()].toSorted()).toEqual(Object.keys(MAY).toSorted());
    for (const [role, privileges] of found) {
      expect(privileges.toSorted(), role).toEqual([...(MAY[role] ?? [])].toSorted());
    }
    const columns = await ctx.sql`
      select grantee, column_name, privilege_type from information_schema.role_column_grants
      where table_schema = 'public' and table_name = 'audit_log' and privilege_type = 'UPDATE' and grantee <> current_user`;
    expect([...columns]).toEqual([]);
  });
});

describe.each(Object.keys(MAY))("%s", (role) => {
  it.each(EVERY_PRIVILEGE)("holds %s on the audit log if and only if it should", async (privilege) => {
    const [row] = await ctx.sql<[{ holds: boolean }]>`
      select has_table_privilege(${role}, 'audit_log', ${privilege}) as holds`;
    expect(row.holds).toBe(MAY[role]?.includes(privilege));
  });

  it("updates and empties nothing", async () => {
    expect(await run(role, "update audit_log set action = 'forged'")).toBe(DENIED);
    expect(await run(role, "update audit_log set detail = null where false")).toBe(DENIED);
    expect(await run(role, "truncate audit_log")).toBe(DENIED);
    expect(await run(role, "alter table audit_log disable row level security")).toBe(DENIED);
    expect(await run(role, "drop table audit_log")).toBe(DENIED);
    expect(await run(role, "create or replace rule r as on insert to audit_log do instead nothing")).toBe(
      DENIED,
    );
  });

  it("deletes only if it is the archiver", async () => {
    const [all] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from audit_log`;
    expect(all.count).toBeGreaterThanOrEqual(3);
    expect(await run(role, "delete from audit_log")).toBe(role === "wamcp_archiver" ? all.count : DENIED);
  });

  it("adds no row in another's name", async () => {
    const isSystem = role === "wamcp_system";
    const isClient = role === "wamcp_client";
    expect(await insert(role, entry("ann"))).toBe(isSystem || isClient ? 1 : DENIED);
    expect(await insert(role, entry("bob"))).toBe(isSystem ? 1 : DENIED);
    expect(await insert(role, entry("ann", { client_id: null }))).toBe(isSystem ? 1 : DENIED);
    for (const actor of ["admin", "system", "anonymous"]) {
      expect(await insert(role, entry("ann", { actor })), actor).toBe(isSystem ? 1 : DENIED);
    }
  });

  it("sees no more of it than it should", async () => {
    const [all] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from audit_log`;
    const [own] = await ctx.sql<[{ count: number }]>`
      select count(*)::int as count from audit_log where client_id = ${tenants.ann.clientId}`;
    expect(own.count).toBeLessThan(all.count);
    const seen = await run(role, "select id from audit_log");
    expect(seen).toBe(role === "wamcp_client" ? own.count : all.count);
  });

  it("overwrites no row by adding one with the same id", async () => {
    const row = entry("ann");
    await ctx.sql`insert into audit_log ${ctx.sql(row)}`;
    const forged = (tx: postgres.TransactionSql) =>
      tx`insert into audit_log ${tx({ ...row, action: "forged" })} on conflict (id) do update set action = excluded.action`;
    expect(await tryAs(role, forged)).toBe(DENIED);
  });
});

describe("a client's call without a client", () => {
  it("reads nothing of the audit log and adds nothing to it", async () => {
    const work = async (statement: (tx: postgres.TransactionSql) => Promise<{ count: number }>) =>
      ctx.sql.begin(async (tx) => {
        await tx.unsafe("set local role wamcp_client");
        return (await statement(tx)).count;
      });
    expect(await work((tx) => tx`select id from audit_log`)).toBe(0);
    await expect(work((tx) => tx`insert into audit_log ${tx(entry("ann"))}`)).rejects.toMatchObject({
      code: DENIED,
    });
  });
});
