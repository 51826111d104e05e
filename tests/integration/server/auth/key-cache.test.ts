import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator, type Authenticator } from "#server/utils/auth/create-authenticator";
import { KEY_CACHE_MS } from "#server/utils/auth/create-key-cache";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { forgeToken } from "#tests/helpers/server/forge-token";
import { holdTable } from "#tests/helpers/server/hold-table";
import { presentKey, refusalOf } from "#tests/helpers/server/present-key";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { watchStatements } from "#tests/helpers/server/watch-statements";

let ctx: TestContext;
let tenants: Tenants;
let authenticator: Authenticator;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
beforeEach(() => {
  authenticator = createAuthenticator(ctx.system);
});
afterAll(() => ctx.close());

const present = (token: string) => presentKey(authenticator, token);
const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping", "numbers:101"]);
const setKey = (id: string, change: Record<string, unknown>) =>
  ctx.sql`update api_keys set ${ctx.sql(change)} where id = ${id}`;

describe("the cache", () => {
  it("is used for 30 s by the clock, and not longer", async () => {
    const key = await newKey();
    await present(key.token);
    await setKey(key.keyId, { revoked_at: ctx.clock.now() });
    ctx.clock.advance(KEY_CACHE_MS - 1);
    expect(await present(key.token)).toMatchObject({ keyId: key.keyId });
    ctx.clock.advance(1);
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
    expect(KEY_CACHE_MS).toBeLessThanOrEqual(30_000);
  });

  it("asks the database for nothing while it is fresh", async () => {
    const key = await newKey();
    await present(key.token);
    const held = await holdTable(ctx, "api_keys");
    expect(await present(key.token)).toMatchObject({ keyId: key.keyId });
    await held.release();
  });

  it("never outlives the key itself: the old key of a rotation ends with its grace", async () => {
    const key = await newKey();
    await setKey(key.keyId, { expires_at: new Date(ctx.clock.now().getTime() + 5_000) });
    await present(key.token);
    ctx.clock.advance(4_999);
    await present(key.token);
    ctx.clock.advance(1);
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
  });

  it("does not let a wrong secret in after the right one, nor the right one out after a wrong one", async () => {
    const key = await newKey();
    await present(key.token);
    expect((await refusalOf(present(forgeToken(key.token)))).code).toBe("unauthorized");
    const held = await holdTable(ctx, "api_keys");
    expect(await present(key.token)).toMatchObject({ keyId: key.keyId });
    await held.release();
  });

  it("forgets one client, or everybody", async () => {
    const [first, second] = [await newKey(), await mintKey(ctx, tenants.bob.clientId, ["tools:ping"])];
    await present(first.token);
    await present(second.token);
    await setKey(first.keyId, { revoked_at: ctx.clock.now() });
    await setKey(second.keyId, { revoked_at: ctx.clock.now() });
    authenticator.forget(tenants.ann.clientId);
    expect((await refusalOf(present(first.token))).code).toBe("unauthorized");
    expect(await present(second.token)).toMatchObject({ keyId: second.keyId });
    authenticator.forget();
    expect((await refusalOf(present(second.token))).code).toBe("unauthorized");
  });

  it("reads again what was read while access changed", async () => {
    const key = await newKey();
    const held = await holdTable(ctx, "grants");
    const racing = present(key.token);
    await held.waitForWaiters();
    await setKey(key.keyId, { revoked_at: ctx.clock.now() });
    authenticator.forget(tenants.ann.clientId);
    await held.release();
    expect((await refusalOf(racing)).code).toBe("unauthorized");
    expect((await refusalOf(present(key.token))).code).toBe("unauthorized");
  });

  it("reads three times at most, and keeps nothing of it when access never stops changing", async () => {
    const key = await newKey();
    let reads = 0;
    const system = watchStatements(ctx.database.system, () => {
      reads += 1;
      authenticator.forget();
    });
    authenticator = createAuthenticator({ ...ctx.system, database: { ...ctx.database, system } });
    expect(await present(key.token)).toMatchObject({ keyId: key.keyId });
    // The key and its grants, each time.
    expect(reads).toBe(6);
    await present(key.token);
    expect(reads).toBe(12);
  });
});
