import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";
import { createAuthenticator, type Authenticator } from "#server/utils/auth/create-authenticator";
import { FAILURE_LIMIT, FAILURE_WINDOW_MS } from "#server/utils/auth/create-failure-limiter";
import { KEY_CACHE_MS } from "#server/utils/auth/create-key-cache";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { forgeToken } from "#tests/helpers/server/forge-token";
import { holdTable } from "#tests/helpers/server/hold-table";
import { presentKey, refusalOf } from "#tests/helpers/server/present-key";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { watchStatements } from "#tests/helpers/server/watch-statements";

const ADDRESS = "198.51.100.7";

let ctx: TestContext;
let tenants: Tenants;
let authenticator: Authenticator;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
beforeEach(async () => {
  authenticator = createAuthenticator(ctx.system);
  await ctx.sql`truncate audit_log`;
});
afterAll(() => ctx.close());

const newKey = () => mintKey(ctx, tenants.ann.clientId, ["tools:ping"]);
const guess = (from = ADDRESS) => refusalOf(presentKey(authenticator, createApiKeyToken("test").token, from));
const exhaust = async () => {
  for (let count = 0; count < FAILURE_LIMIT; count += 1) expect((await guess()).code).toBe("unauthorized");
};
const listActions = async () =>
  (await ctx.sql<{ action: string }[]>`select action from audit_log order by id`).map(({ action }) => action);

describe("after ten refused attempts within a minute", () => {
  it("the address is told to wait, without a word to the database", async () => {
    await exhaust();
    expect(FAILURE_LIMIT).toBe(10);
    // Tells of it once, and asks for nothing more.
    expect(await guess()).toMatchObject({ code: "rate_limited", retryAfterSeconds: 60, retryable: true });
    const held = [await holdTable(ctx, "api_keys"), await holdTable(ctx, "audit_log")];
    ctx.clock.advance(20_000);
    for (let count = 0; count < 5; count += 1) {
      expect(await guess()).toMatchObject({ code: "rate_limited", retryAfterSeconds: 40 });
    }
    for (const table of held) await table.release();
    expect(await listActions()).toEqual([...Array<string>(10).fill("auth.refused"), "auth.limited"]);
    const [row] = await ctx.sql`
      select actor, outcome, error_code, detail from audit_log where action = 'auth.limited'`;
    expect(row).toEqual({
      actor: "anonymous",
      outcome: "refused",
      error_code: "rate_limited",
      detail: { address: ADDRESS },
    });
  });

  it("the next attempt has its place when the first of them is a minute old", async () => {
    await guess();
    ctx.clock.advance(1_000);
    for (let count = 1; count < FAILURE_LIMIT; count += 1) await guess();
    ctx.clock.advance(FAILURE_WINDOW_MS - 1_001);
    expect(await guess()).toMatchObject({ code: "rate_limited", retryAfterSeconds: 1 });
    ctx.clock.advance(1);
    expect((await guess()).code).toBe("unauthorized");
    expect(await guess()).toMatchObject({ code: "rate_limited", retryAfterSeconds: 1 });
  });

  it("other addresses go on as before", async () => {
    await exhaust();
    expect((await guess("198.51.100.8")).code).toBe("unauthorized");
    expect(await presentKey(authenticator, tenants.ann.token, "198.51.100.8")).toMatchObject({
      clientName: "ann",
    });
  });

  it("a whole /64 counts as one address, and mapped IPv4 as IPv4", async () => {
    for (let count = 0; count < FAILURE_LIMIT; count += 1) await guess(`2001:db8:1:2:${count}::1`);
    expect((await guess("2001:db8:1:2:ffff::1")).code).toBe("rate_limited");
    expect((await guess("2001:db8:1:3::1")).code).toBe("unauthorized");
    for (let count = 0; count < FAILURE_LIMIT; count += 1) await guess(`::ffff:${ADDRESS}`);
    expect((await guess()).code).toBe("rate_limited");
  });

  it("whatever is refused counts: no key, nonsense, a wrong secret, a key in the address", async () => {
    const forged = forgeToken(tenants.ann.token);
    const kinds = [{}, { headers: ["authorization", "x"] }, forged, { url: `/mcp?${forged}` }];
    for (let count = 0; count < FAILURE_LIMIT; count += 1) {
      const refusal = await refusalOf(presentKey(authenticator, kinds[count % kinds.length] ?? {}, ADDRESS));
      expect(refusal.code).toBe("unauthorized");
    }
    expect((await refusalOf(presentKey(authenticator, {}, ADDRESS))).code).toBe("rate_limited");
  });

  it("a good key that this process knows goes through, fresh or stale", async () => {
    const key = await newKey();
    await presentKey(authenticator, key.token, ADDRESS);
    await exhaust();
    expect(await presentKey(authenticator, key.token, ADDRESS)).toMatchObject({ keyId: key.keyId });
    authenticator.forget();
    expect(await presentKey(authenticator, key.token, ADDRESS)).toMatchObject({ keyId: key.keyId });
    ctx.clock.advance(KEY_CACHE_MS);
    expect(await presentKey(authenticator, key.token, ADDRESS)).toMatchObject({ keyId: key.keyId });
    expect((await refusalOf(presentKey(authenticator, forgeToken(key.token), ADDRESS))).code).toBe(
      "rate_limited",
    );
    expect((await refusalOf(presentKey(authenticator, tenants.bob.token, ADDRESS))).code).toBe(
      "rate_limited",
    );
  });

  it("a known key that was revoked is refused once, and then has to wait like any other", async () => {
    const key = await newKey();
    await presentKey(authenticator, key.token, ADDRESS);
    await exhaust();
    await ctx.sql`update api_keys set revoked_at = now() where id = ${key.keyId}`;
    authenticator.forget(tenants.ann.clientId);
    expect((await refusalOf(presentKey(authenticator, key.token, ADDRESS))).code).toBe("unauthorized");
    expect((await refusalOf(presentKey(authenticator, key.token, ADDRESS))).code).toBe("rate_limited");
  });
});

describe("attempts at the same time", () => {
  it("lets exactly ten of a hundred guesses ask the database", async () => {
    const refusals = await Promise.all(Array.from({ length: 100 }, () => guess()));
    const codes = refusals.map(({ code }) => code);
    expect(codes.filter((code) => code === "unauthorized")).toHaveLength(FAILURE_LIMIT);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(100 - FAILURE_LIMIT);
    const actions = await listActions();
    expect(actions.filter((action) => action === "auth.limited")).toHaveLength(1);
    expect(actions).toHaveLength(FAILURE_LIMIT + 1);
  });

  it("lets a hundred calls with good keys through", async () => {
    const keys = [tenants.ann, tenants.bob, tenants.owner, await newKey()];
    const calls = Array.from({ length: 100 }, (_, place) =>
      presentKey(authenticator, keys[place % keys.length]?.token ?? "", ADDRESS),
    );
    expect(await Promise.all(calls)).toHaveLength(100);
  });

  it("does not count what the database could not answer", async () => {
    const system = watchStatements(ctx.database.system, () => {
      throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    });
    authenticator = createAuthenticator({ ...ctx.system, database: { ...ctx.database, system } });
    for (let count = 0; count < 2 * FAILURE_LIMIT; count += 1) {
      await expect(presentKey(authenticator, tenants.ann.token, ADDRESS)).rejects.toMatchObject({
        code: "ECONNREFUSED",
      });
    }
  });
});
