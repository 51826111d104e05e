import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "#server/utils/auth/create-authenticator";
import { hashApiKey } from "#server/utils/auth/hash-api-key";
import type { Peppers } from "#server/utils/auth/peppers";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, TEST_PEPPERS, type TestContext } from "#tests/helpers/server/create-test-context";
import { forgeToken } from "#tests/helpers/server/forge-token";
import { holdTable } from "#tests/helpers/server/hold-table";
import { presentKey, refusalOf } from "#tests/helpers/server/present-key";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const OLD = TEST_PEPPERS.current;
const NEW = { version: OLD.version + 1, secret: "the-new-pepper-".repeat(3) };
const NEWER = { version: OLD.version + 2, secret: "the-newest-pepper-".repeat(3) };

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

const withPeppers = (apiKeyPeppers: Peppers): Authenticator =>
  createAuthenticator({ ...ctx.system, config: { ...ctx.system.config, apiKeyPeppers } });
const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping"]);
const readRow = async (id: string) => {
  const [row] = await ctx.sql`select hash, pepper_version as version from api_keys where id = ${id}`;
  return row;
};

describe("a key of the previous pepper", () => {
  it("is accepted, and hashed with the current one", async () => {
    const key = await newKey();
    await presentKey(withPeppers({ current: NEW, previous: OLD }), key.token);
    expect(await readRow(key.keyId)).toEqual({
      hash: hashApiKey(key.token, NEW.secret),
      version: NEW.version,
    });
    expect(await presentKey(withPeppers({ current: NEW }), key.token)).toMatchObject({ keyId: key.keyId });
    expect((await refusalOf(presentKey(withPeppers({ current: OLD }), key.token))).code).toBe("unauthorized");
  });

  it("goes on to work from the cache after it was hashed again", async () => {
    const key = await newKey();
    const authenticator = withPeppers({ current: NEW, previous: OLD });
    await presentKey(authenticator, key.token);
    const held = await holdTable(ctx, "api_keys");
    expect(await presentKey(authenticator, key.token)).toMatchObject({ keyId: key.keyId });
    await held.release();
  });

  it("keeps its hash when the secret was wrong", async () => {
    const key = await newKey();
    const before = await readRow(key.keyId);
    const authenticator = withPeppers({ current: NEW, previous: OLD });
    expect((await refusalOf(presentKey(authenticator, forgeToken(key.token)))).code).toBe("unauthorized");
    expect(await readRow(key.keyId)).toEqual(before);
  });

  it("is hashed again once by processes that race", async () => {
    const key = await newKey();
    const processes = Array.from({ length: 5 }, () => withPeppers({ current: NEW, previous: OLD }));
    await Promise.all(processes.map((one) => presentKey(one, key.token)));
    expect(await readRow(key.keyId)).toEqual({
      hash: hashApiKey(key.token, NEW.secret),
      version: NEW.version,
    });
  });

  it("is not hashed again over what another process stored meanwhile", async () => {
    const key = await newKey();
    const newest = { hash: hashApiKey(key.token, NEWER.secret), version: NEWER.version };
    let racing: Promise<unknown> = Promise.resolve();
    await ctx.sql.begin(async (tx) => {
      await tx`update api_keys set hash = ${newest.hash}, pepper_version = ${newest.version} where id = ${key.keyId}`;
      // Has read the old hash, and waits for the row.
      racing = presentKey(withPeppers({ current: NEW, previous: OLD }), key.token);
      await eventually(async () => {
        const waiting = await ctx.sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        expect(waiting).toHaveLength(1);
      });
    });
    await racing;
    expect(await readRow(key.keyId)).toEqual(newest);
  });

  it("is accepted all the same when the new hash cannot be stored", async () => {
    const key = await newKey();
    const before = await readRow(key.keyId);
    await ctx.sql`revoke update on api_keys from wamcp_system`;
    const accepted = presentKey(withPeppers({ current: NEW, previous: OLD }), key.token);
    await expect(accepted).resolves.toMatchObject({ keyId: key.keyId });
    await ctx.sql`grant update on api_keys to wamcp_system`;
    expect(await readRow(key.keyId)).toEqual(before);
    expect(ctx.logged.join("\n")).toContain("a key's hash was not renewed");
  });
});

describe("a key of any other pepper", () => {
  it.each([
    ["older than the previous one", { current: NEWER, previous: NEW }],
    ["newer than the current one", { current: { ...OLD, version: 0 } }],
    ["of a version whose secret is another now", { current: { ...OLD, secret: "x".repeat(32) } }],
    ["before the current one, when no previous one is given", { current: NEW }],
  ])("is refused: %s", async (_, peppers) => {
    const key = await newKey();
    expect((await refusalOf(presentKey(withPeppers(peppers), key.token))).code).toBe("unauthorized");
  });
});
