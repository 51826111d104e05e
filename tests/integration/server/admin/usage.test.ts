import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { listUsage } from "#server/utils/admin/usage/list-usage";
import { changeGrant } from "#server/utils/admin/grants/change-grant";
import { rotateKey } from "#server/utils/admin/keys/rotate-key";
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

const DAY = "2026-11-22";

async function count(scope: string, subjectId: string, sends: number): Promise<void> {
  const row = { day: DAY, scope, subject_id: subjectId, sends };
  await ctx.sql`insert into usage_daily ${ctx.sql(row)}`;
}

describe("listUsage", () => {
  it("shows what counts against each cap, a chain of rotations as one key", async () => {
    const { ann, bob, numbers } = tenants;
    const grantId = await changeGrant(admin, { client: "ann", number: "101", dailyCap: 20 });
    await ctx.sql`update clients set policy = '{"daily_cap": 30}' where id = ${ann.clientId}`;
    const rotated = await rotateKey(admin, { key: ann.keyId, graceMs: 1_000 });
    await count("client", ann.clientId, 7);
    await count("key", ann.keyId, 7);
    await count("grant", grantId, 7);
    await count("client", bob.clientId, 1);

    const { rows } = await listUsage(admin, { day: DAY });
    expect(rows).toEqual([
      { scope: "client", subject_id: ann.clientId, client: "ann", subject: null, sends: 7, cap: 30 },
      {
        scope: "key",
        subject_id: ann.keyId,
        client: "ann",
        subject: `${rotated.prefix} test`,
        sends: 7,
        cap: 100_000,
      },
      {
        scope: "grant",
        subject_id: grantId,
        client: "ann",
        subject: `101 number ${numbers.ann.waPhoneNumberId}`,
        sends: 7,
        cap: 20,
      },
      { scope: "client", subject_id: bob.clientId, client: "bob", subject: null, sends: 1, cap: null },
    ]);
    expect((await listUsage(admin, { day: DAY, client: "bob" })).rows).toHaveLength(1);
    expect((await listUsage(admin, { day: "2026-11-21" })).rows).toEqual([]);
  });

  it("takes today (UTC) when no day is named", async () => {
    expect((await listUsage(admin)).day).toBe(ctx.clock.now().toISOString().slice(0, 10));
  });

  it.each(["yesterday", "2026-02-31", "22.11.2026", "2026-1-1"])("refuses %s", async (day) => {
    await expect(listUsage(admin, { day })).rejects.toMatchObject({ code: "invalid_arguments" });
  });
});
