import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import type { AuditRow } from "#server/utils/admin/audit/store";
import { exportAudit, type ExportAuditInput } from "#server/utils/admin/audit/export-audit";
import { tailAudit } from "#server/utils/admin/audit/tail-audit";
import { setClientState } from "#server/utils/admin/clients/set-client-state";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let admin: AdminContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  admin = adminOf(ctx);
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

beforeEach(() => ctx.sql`truncate audit_log`);

/** A row at a time that may have microseconds. */
async function plant(action: string, at: string, clientId: string | null = null): Promise<void> {
  await ctx.sql`
    insert into audit_log (id, at, actor, client_id, action, outcome)
    values (${newId()}, ${at}::text::timestamptz, 'system', ${clientId}, ${action}, 'ok')`;
}

async function gather(pages: AsyncIterable<readonly AuditRow[]>): Promise<string[][]> {
  const gathered: string[][] = [];
  for await (const page of pages) gathered.push(page.map(({ action }) => action));
  return gathered;
}

const exported = (input: ExportAuditInput = {}) => gather(exportAudit(admin, input));

describe("exportAudit", () => {
  it("writes every row once, in the order of time, however small the pages are", async () => {
    // Within one millisecond, which is all that a Date can tell apart.
    for (const [place, at] of ["000100", "000300", "000200", "000200", "001000"].entries())
      await plant(`a${place}`, `2026-11-22T10:00:00.${at}Z`);
    for (const pageSize of [1, 2, 5, 500]) {
      const pages = await exported({ pageSize });
      expect(pages.every((page) => page.length <= pageSize)).toBe(true);
      expect(pages.flat()).toEqual(["a0", "a2", "a3", "a1", "a4"]);
    }
  });

  it("has every column", async () => {
    await setClientState(admin, { client: "ann", state: "enabled" });
    const { value: page } = await exportAudit(admin, {}).next();
    const columns = await ctx.sql<{ name: string }[]>`
      select attname as name from pg_attribute where attrelid = 'audit_log'::regclass and attnum > 0 and not attisdropped`;
    expect(Object.keys((page && page[0]) ?? {})).toHaveLength(columns.length);
  });

  it("keeps to a client and a span of time", async () => {
    await plant("before", "2026-11-21T23:59:59Z", tenants.ann.clientId);
    await plant("first", "2026-11-22T00:00:00Z", tenants.ann.clientId);
    await plant("other", "2026-11-22T12:00:00Z", tenants.bob.clientId);
    await plant("after", "2026-11-23T00:00:00Z", tenants.ann.clientId);
    const span = { since: new Date("2026-11-22"), until: new Date("2026-11-23") };
    expect((await exported(span)).flat()).toEqual(["first", "other"]);
    expect((await exported({ ...span, client: "ann" })).flat()).toEqual(["first"]);
    expect((await exported({ client: tenants.ann.clientId })).flat()).toEqual(["before", "first", "after"]);
    await expect(exported({ client: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("tailAudit", () => {
  it("shows the newest rows, oldest first", async () => {
    for (const second of [1, 2, 3]) await plant(`a${second}`, `2026-11-22T10:00:0${second}Z`);
    expect(await gather(tailAudit(admin, { count: 2 }))).toEqual([["a2", "a3"]]);
    expect(await gather(tailAudit(admin, { count: 2, client: "ann" }))).toEqual([]);
  });

  it("follows: each new row once, also one whose time is before the last one's, until it is told to stop", async () => {
    const now = (ms: number) => new Date(Date.now() + ms).toISOString();
    ctx.clock.set(new Date());
    await plant("old", now(0));
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const page of tailAudit(admin, { count: 1, follow: stop.signal, everyMs: 5 }))
        seen.push(...page.map(({ action }) => action));
    })();
    await expect.poll(() => seen).toEqual(["old"]);
    await plant("late", now(-5_000));
    await expect.poll(() => seen).toEqual(["old", "late"]);
    await plant("new", now(0));
    await expect.poll(() => seen).toEqual(["old", "late", "new"]);
    stop.abort();
    await watching;
    expect(seen).toEqual(["old", "late", "new"]);
  });
});
