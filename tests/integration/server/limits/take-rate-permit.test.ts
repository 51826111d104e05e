import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

const newKey = (rpmLimit: number): Promise<Tenant> =>
  mintKey(ctx, tenants.owner.clientId, ["tools:ping"], { rpmLimit, dailyMsgLimit: 10 });

/** Asks for a permit at a moment, as the database would at that time. */
async function ask(sql: postgres.Sql, keyId: string, limit: number, atMs: number): Promise<number> {
  const [row] = await sql<[{ wait: number }]>`
    select take_rate_permit(${keyId}, ${limit}, ${new Date(atMs)}) as wait`;
  return row.wait;
}

const T0 = Date.parse("2026-03-01T12:00:00.900Z");

describe("take_rate_permit", () => {
  it("lets a burst of the limit through, and then nothing for a minute", async () => {
    const { keyId } = await newKey(5);
    const waits = [];
    for (let call = 0; call < 7; call += 1) waits.push(await ask(ctx.sql, keyId, 5, T0));
    expect(waits).toEqual([0, 0, 0, 0, 0, 61, 61]);
    expect(await ask(ctx.sql, keyId, 5, T0 + 59_999)).toBeGreaterThan(0);
    expect(await ask(ctx.sql, keyId, 5, T0 + 61_000)).toBe(0);
  });

  it("slides: what left the minute is free, and no 60 seconds ever hold more than the limit", async () => {
    const { keyId } = await newKey(10);
    const allowed: number[] = [];
    // Every 700 ms for five minutes, far more than the limit.
    for (let atMs = T0; atMs < T0 + 300_000; atMs += 700) {
      if ((await ask(ctx.sql, keyId, 10, atMs)) === 0) allowed.push(atMs);
    }
    expect(allowed.length).toBeGreaterThanOrEqual(45);
    for (const [index, atMs] of allowed.entries()) {
      const within = allowed.slice(index).filter((other) => other - atMs < 60_000);
      expect(within.length).toBeLessThanOrEqual(10);
    }
  });

  it("says exactly when the next call will be allowed", async () => {
    const { keyId } = await newKey(2);
    await ask(ctx.sql, keyId, 2, T0);
    await ask(ctx.sql, keyId, 2, T0 + 10_000);
    const wait = await ask(ctx.sql, keyId, 2, T0 + 20_000);
    expect(await ask(ctx.sql, keyId, 2, T0 + 20_000 + (wait - 1) * 1000)).toBeGreaterThan(0);
    expect(await ask(ctx.sql, keyId, 2, T0 + 20_000 + wait * 1000)).toBe(0);
  });

  it("allows nothing where the limit is nothing, and follows a limit that was lowered or raised", async () => {
    const { keyId } = await newKey(0);
    expect(await ask(ctx.sql, keyId, 0, T0)).toBeGreaterThan(0);
    for (let call = 0; call < 4; call += 1) expect(await ask(ctx.sql, keyId, 4, T0)).toBe(0);
    expect(await ask(ctx.sql, keyId, 2, T0 + 1_000)).toBeGreaterThan(0);
    expect(await ask(ctx.sql, keyId, 5, T0 + 1_000)).toBe(0);
  });

  it("counts with a clock that was set back as if no time had passed", async () => {
    const { keyId } = await newKey(2);
    expect(await ask(ctx.sql, keyId, 2, T0)).toBe(0);
    expect(await ask(ctx.sql, keyId, 2, T0 - 3_600_000)).toBe(0);
    expect(await ask(ctx.sql, keyId, 2, T0 - 3_600_000)).toBeGreaterThan(0);
  });

  it("is exact for many connections at once", async () => {
    const { keyId } = await newKey(40);
    const crowd = postgres(ctx.url, { max: 20, onnotice: () => {} });
    try {
      const waits = await Promise.all(Array.from({ length: 120 }, () => ask(crowd, keyId, 40, T0)));
      expect(waits.filter((wait) => wait === 0)).toHaveLength(40);
    } finally {
      await crowd.end({ timeout: 5 });
    }
  });
});

describe("a key's limit per minute", () => {
  it("refuses what is too much with the time to wait, and counts no refused call", async () => {
    const key = await newKey(3);
    const answers = [];
    for (let call = 0; call < 6; call += 1) answers.push(await callAs(ctx, key, "ping"));
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false, true, true, true]);
    const error = errorOf(answers[3] ?? { structuredContent: {}, isError: false });
    expect(error).toMatchObject({ code: "rate_limited", retryable: true, details: { limit: "key_rpm" } });
    expect(error).toHaveProperty("retry_after_s", expect.any(Number));
    const [bucket] = await ctx.sql<[{ sum: number }]>`
      select (select sum(hit)::int from unnest(hits) as hit) as sum from rate_buckets where api_key_id = ${key.keyId}`;
    expect(bucket.sum).toBe(3);
  });

  it("is one for a key and for what it was rotated into", async () => {
    const [first, second] = [await newKey(3), await newKey(3)];
    await ctx.sql`update api_keys set limits_key_id = ${first.keyId} where id = ${second.keyId}`;
    const rotated = { principal: { ...second.principal, limitsKeyId: first.keyId } };
    const answers = [];
    for (const key of [first, rotated, first, rotated]) answers.push(await callAs(ctx, key, "ping"));
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false, true]);
  });
});
