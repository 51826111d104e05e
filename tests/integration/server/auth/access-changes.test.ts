import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator } from "#server/utils/auth/create-authenticator";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { presentKey } from "#tests/helpers/server/present-key";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

const setKey = (id: string, change: Record<string, unknown>) =>
  ctx.sql`update api_keys set ${ctx.sql(change)} where id = ${id}`;

describe("NOTIFY wamcp_access", () => {
  const heard: string[] = [];

  beforeAll(() =>
    ctx.database.listen(
      "wamcp_access",
      (payload) => heard.push(payload),
      () => {},
    ),
  );

  /** What was heard of a change, by a fence that comes after it. */
  async function hear(change: () => PromiseLike<unknown>): Promise<string[]> {
    heard.length = 0;
    await change();
    await ctx.sql`select pg_notify('wamcp_access', 'fence')`;
    await eventually(() => expect(heard).toContain("fence"));
    return heard.filter((payload) => payload !== "fence");
  }

  it.each([
    ["a revoked key", () => setKey(tenants.ann.keyId, { revoked_at: null })],
    ["changed scopes", () => setKey(tenants.ann.keyId, { scopes: ["tools:ping"] })],
    ["a changed expiry", () => setKey(tenants.ann.keyId, { expires_at: null })],
    ["changed limits", () => setKey(tenants.ann.keyId, { rpm_limit: 10 })],
    [
      "a disabled client",
      () => ctx.sql`update clients set disabled_at = null where id = ${tenants.ann.clientId}`,
    ],
    ["a changed grant", () => ctx.sql`update grants set visibility = 'own' where id = ${grantOfAnn()}`],
    ["a removed grant", () => ctx.sql`delete from grants where id = ${grantOfAnn()}`],
    ["a removed key", () => ctx.sql`delete from api_keys where id = ${tenants.ann.keyId}`],
  ])("tells of %s, by the client's id", async (_what, change) => {
    expect(await hear(change)).toEqual([tenants.ann.clientId]);
  });

  it("tells of a new grant", async () => {
    const { numbers, bob } = tenants;
    const row = { id: crypto.randomUUID(), client_id: bob.clientId, phone_number_id: numbers.ann.id };
    expect(await hear(() => ctx.sql`insert into grants ${ctx.sql(row)}`)).toEqual([bob.clientId]);
  });

  it("calls on everybody when a number is disabled", async () => {
    const disable = (at: Date | null) =>
      ctx.sql`update phone_numbers set disabled_at = ${at} where id = ${tenants.numbers.ann.id}`;
    expect(await hear(() => disable(new Date()))).toEqual([""]);
    // Heard as well, or the next test would hear it late.
    expect(await hear(() => disable(null))).toEqual([""]);
  });

  it("does not tell of a key's last use", async () => {
    const key = await mintKey(ctx, tenants.bob.clientId, ["tools:ping"]);
    const authenticator = createAuthenticator(ctx.system);
    const use = async () => {
      await presentKey(authenticator, key.token, "192.0.2.7");
      await authenticator.flushUses();
    };
    expect(await hear(use)).toEqual([]);
    const [row] = await ctx.sql`select last_used_ip from api_keys where id = ${key.keyId}`;
    expect(row).toEqual({ last_used_ip: "192.0.2.7" });
  });

  const grantOfAnn = () => ctx.sql`
    (select id from grants where client_id = ${tenants.ann.clientId} order by id limit 1)`;
});
