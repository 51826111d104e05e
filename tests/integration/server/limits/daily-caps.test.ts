import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { statusOf, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());
beforeEach(async () => {
  await ctx.sql`update clients set policy = '{}'`;
  await ctx.sql`update grants set daily_cap = null, recipient_hourly_cap = null`;
  await ctx.sql`delete from usage_daily`;
  // What earlier tests queued would take the outcomes that a test plans.
  await ctx.sql`delete from outbox`;
});

let people = 16505560000;
const nextPerson = (): string => `+${(people += 1)}`;

const newKey = (dailyMsgLimit = 1000): Promise<Tenant> =>
  mintKey(ctx, tenants.ann.clientId, ["tools:send_message", "numbers:101", "numbers:103"], {
    rpmLimit: 60_000,
    dailyMsgLimit,
  });

/** Sends to `count` people at once and says how each call ended. */
async function sendMany(key: Tenant, count: number, number = "101"): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, () =>
      callAs(ctx, key, "send_message", { to: nextPerson(), body: "hello", phone_number_id: number }),
    ),
  );
  return answers.map((answer) => (answer.isError ? errorOf(answer).code : "ok"));
}

const countOf = (outcomes: string[], outcome: string): number =>
  outcomes.filter((found) => found === outcome).length;

async function usage(scope: string, subjectId: string): Promise<number> {
  const [row] = await ctx.sql<{ sends: number }[]>`
    select sends from usage_daily where scope = ${scope} and subject_id = ${subjectId}`;
  return row?.sends ?? 0;
}

describe("a daily cap", () => {
  it("of a key lets exactly that many of 150 simultaneous sends pass", async () => {
    const key = await newKey(100);
    const outcomes = await sendMany(key, 150);
    expect([countOf(outcomes, "ok"), countOf(outcomes, "rate_limited")]).toEqual([100, 50]);
    expect(await usage("key", key.keyId)).toBe(100);
    const [row] = await ctx.sql<[{ count: number }]>`
      select count(*)::int as count from messages where api_key_id = ${key.keyId}`;
    expect(row.count).toBe(100);
  });

  it("of a client counts all its keys", async () => {
    await ctx.sql`update clients set policy = '{"daily_cap": 20}' where id = ${tenants.ann.clientId}`;
    const outcomes = (
      await Promise.all([sendMany(await newKey(), 15), sendMany(await newKey(), 15, "103")])
    ).flat();
    expect(countOf(outcomes, "ok")).toBe(20);
    expect(await usage("client", tenants.ann.clientId)).toBe(20);
  });

  it("of a grant counts one number only", async () => {
    await ctx.sql`
      update grants set daily_cap = 5
      where client_id = ${tenants.ann.clientId} and phone_number_id = ${tenants.numbers.ann.id}`;
    const key = await newKey();
    const [capped, free] = await Promise.all([sendMany(key, 8, "101"), sendMany(key, 8, "103")]);
    expect([countOf(capped, "ok"), countOf(free, "ok")]).toEqual([5, 8]);
  });

  it("says which cap is full, and when it is free again", async () => {
    ctx.clock.set(new Date("2026-03-01T22:30:00Z"));
    const key = await newKey(0);
    const error = errorOf(
      await callAs(ctx, key, "send_message", { to: nextPerson(), body: "hello", phone_number_id: "101" }),
    );
    expect(error).toMatchObject({
      code: "rate_limited",
      retry_after_s: 5400,
      details: { limit: "key_daily", cap: 0 },
    });
  });

  it("begins anew with the day of UTC", async () => {
    ctx.clock.set(new Date("2026-03-01T23:59:00Z"));
    const key = await newKey(1);
    expect(await sendMany(key, 2)).toEqual(expect.arrayContaining(["ok", "rate_limited"]));
    ctx.clock.set(new Date("2026-03-02T00:00:01Z"));
    expect(await sendMany(key, 1)).toEqual(["ok"]);
  });

  it("counts a repeated call with the same idempotency key once", async () => {
    const key = await newKey(2);
    const args = { to: nextPerson(), phone_number_id: "101", idempotency_key: `once-${key.keyId}` };
    const calls = await Promise.all(Array.from({ length: 5 }, () => sendAs(ctx, key, args)));
    expect(new Set(calls.map(({ message_id }) => message_id)).size).toBe(1);
    expect(await usage("key", key.keyId)).toBe(1);
  });

  it("is shared by a key and what it was rotated into", async () => {
    const [first, second] = [await newKey(3), await newKey(3)];
    await ctx.sql`update api_keys set limits_key_id = ${first.keyId} where id = ${second.keyId}`;
    const outcomes = [...(await sendMany(first, 2)), ...(await sendMany(second, 2))];
    expect(countOf(outcomes, "ok")).toBe(3);
  });
});

describe("a place in a cap", () => {
  it("is not taken by a call that was refused for something else", async () => {
    const key = await newKey();
    const args = { to: nextPerson(), body: "hello", phone_number_id: "101", reply_to: "wamid.nobody" };
    expect(errorOf(await callAs(ctx, key, "send_message", args)).code).toBe("not_found");
    expect(await usage("key", key.keyId)).toBe(0);
  });

  it.each([
    ["failed", async () => void ctx.graph.plan(failing("failed", 131026))],
    ["expired", async () => ctx.clock.advance(120_000)],
  ])("comes back when the message %s for good", async (status, prepare) => {
    const key = await newKey(1);
    const args = { to: nextPerson(), phone_number_id: "101", expires_in_s: 60 };
    const { message_id } = await sendAs(ctx, key, args);
    expect(await usage("key", key.keyId)).toBe(1);
    await prepare();
    await deliverEvents(ctx);
    const [row] = await ctx.sql<{ status: string }[]>`select status from messages where id = ${message_id}`;
    expect(row?.status).toBe(status);
    expect(await usage("key", key.keyId)).toBe(0);
    expect(await sendMany(key, 1)).toEqual(["ok"]);
  });

  it("is taken again by a message that arrived after all", async () => {
    const key = await newKey();
    const { message_id } = await sendAs(ctx, key, { to: nextPerson(), phone_number_id: "101" });
    await deliverEvents(ctx);
    const [row] = await ctx.sql<{ wamid: string }[]>`select wamid from messages where id = ${message_id}`;
    const report = (status: string) =>
      receiveWebhook(
        ctx,
        webhookBody("101", { statuses: [statusOf(String(row?.wamid), status, ctx.clock.now())] }),
      );
    await report("failed");
    expect(await usage("key", key.keyId)).toBe(0);
    await report("delivered");
    expect(await usage("key", key.keyId)).toBe(1);
  });
});

describe("the hourly cap of a recipient", () => {
  it("lets exactly that many messages to one person pass, within any hour", async () => {
    await ctx.sql`update grants set recipient_hourly_cap = 3 where client_id = ${tenants.ann.clientId}`;
    const key = await newKey();
    const to = nextPerson();
    const send = () => callAs(ctx, key, "send_message", { to, body: "hello", phone_number_id: "101" });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(3);
    const refused = answers.find(({ isError }) => isError);
    expect(refused && errorOf(refused)).toMatchObject({
      code: "rate_limited",
      retry_after_s: 3600,
      details: { limit: "recipient_hourly", cap: 3 },
    });
    expect((await sendMany(key, 1))[0]).toBe("ok");
    ctx.clock.advance(3_600_000);
    expect((await send()).isError).toBe(false);
  });
});
