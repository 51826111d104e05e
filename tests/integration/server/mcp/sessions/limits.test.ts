import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { initializeAt, openLegacyPeer, readStream } from "#tests/helpers/server/create-legacy-peer";
import { createPatientSurface } from "#tests/helpers/server/create-patient-surface";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

const MINUTE_MS = 60_000;
const REFUSED = { code: "rate_limited", retryAfterSeconds: expect.any(Number) as number };
const surface = createPatientSurface();

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
let ann: Tenant;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx, surface.open);
  two = await openReplica(ctx, surface.open);
});
beforeEach(async () => {
  ann = await mintAnn();
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

const mintAnn = (rpmLimit = 60_000): Promise<Tenant> =>
  mintKey(ctx, tenants.ann.clientId, [...tenants.ann.principal.scopes], { rpmLimit, dailyMsgLimit: 1 });
async function pass(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    ctx.clock.advance(MINUTE_MS);
    await one.sessions.maintain();
    await two.sessions.maintain();
  }
}

describe("a session that is used now and then", () => {
  it("stays, although it is forgotten in memory in between", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    for (let turn = 0; turn < 10; turn += 1) {
      await pass(4);
      expect((await peer.ask(one, "tools/list")).result).toBeDefined();
    }
  });

  it("is not the idlest of its key", async () => {
    const used = await openLegacyPeer(one, ann.principal);
    ctx.clock.advance(1_000);
    for (let number = 1; number < 16; number += 1) await openLegacyPeer(one, ann.principal);
    await pass(4);
    await used.ask(one, "tools/list");
    await eventually(async () => {
      const rows = await ctx.sql`
        select 1 from mcp_sessions where id = ${used.id} and last_seen_at = ${ctx.clock.now()}`;
      expect(rows).toHaveLength(1);
    });
    await openLegacyPeer(one, ann.principal);
    expect((await used.ask(two, "tools/list")).result).toBeDefined();
  });
});

describe("a session that is at work", () => {
  it("gives way to no other, and may do so again afterwards", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const call = { name: "patience", arguments: {} };
    const stream = readStream(
      await peer.post(one, { jsonrpc: "2.0", id: 9, method: "tools/call", params: call }),
    );
    const end = await eventually(() => {
      const begun = surface.takeCall();
      if (!begun) throw new Error("the tool has not begun");
      return begun;
    });
    await one.sessions.maintain();
    ctx.clock.advance(25_000);
    await one.sessions.maintain();
    for (let number = 0; number < 16; number += 1) await initializeAt(two, ann.principal);
    expect(await ctx.sql`select 1 from mcp_sessions where id = ${peer.id}`).toHaveLength(1);
    end("still here");
    await stream.ended;
    expect(JSON.stringify(stream.events)).toContain("still here");
    ctx.clock.advance(1_000);
    await one.sessions.maintain();
    const count = async () =>
      (
        await ctx.sql`select 1 from mcp_sessions where id = ${peer.id} and streaming_until > ${ctx.clock.now()}`
      ).length;
    expect(await count()).toBe(0);
  });
});

describe("the rate of a key", () => {
  it("does not count what opens a session, until another has to make room for it", async () => {
    const slow = await mintAnn(3);
    for (let number = 0; number < 16; number += 1) await initializeAt(one, slow.principal);
    for (let number = 0; number < 3; number += 1) await initializeAt(two, slow.principal);
    await expect(initializeAt(two, slow.principal)).rejects.toMatchObject(REFUSED);
    expect(await ctx.sql`select 1 from mcp_sessions where api_key_id = ${slow.keyId}`).toHaveLength(16);
  });

  it("counts what is refused for too many sessions, so that the record is not filled", async () => {
    const slow = await mintAnn(2);
    for (let number = 0; number < 16; number += 1) await initializeAt(one, slow.principal);
    await ctx.sql`
      update mcp_sessions set streaming_until = ${new Date(ctx.clock.now().getTime() + MINUTE_MS)}
      where api_key_id = ${slow.keyId}`;
    for (let number = 0; number < 2; number += 1) {
      expect((await initializeAt(one, slow.principal)).status).toBe(429);
    }
    for (let number = 0; number < 5; number += 1) {
      await expect(initializeAt(one, slow.principal)).rejects.toMatchObject(REFUSED);
    }
    const rows = await ctx.sql`select 1 from audit_log where api_key_id = ${slow.keyId}`;
    expect(rows).toHaveLength(2);
  });

  it("leaves streams alone, which are opened at most twice a second instead", async () => {
    const slow = await mintAnn(2);
    const peer = await openLegacyPeer(one, slow.principal);
    const calls = [];
    for (let number = 0; number < 3; number += 1) {
      calls.push(await peer.ask(one, "resources/unsubscribe", { uri: "wamcp://inbox" }));
    }
    expect(calls[2]).toMatchObject({ error: { message: expect.stringContaining("Try again in") } });
    const startMs = performance.now();
    for (let number = 0; number < 3; number += 1) {
      const stream = await peer.listen(one);
      expect(stream.status).toBe(200);
      await stream.leave();
    }
    expect(performance.now() - startMs).toBeGreaterThan(990);
  });
});

describe("resources/unsubscribe", () => {
  it("ignores what nobody hears of, whatever it is", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    for (const uri of ["x".repeat(9_000), "a\0b", "wamcp://nowhere"]) {
      expect(await peer.ask(one, "resources/unsubscribe", { uri })).toMatchObject({ result: {} });
    }
  });

  it("counts against the rate", async () => {
    const slow = await mintAnn(2);
    const peer = await openLegacyPeer(one, slow.principal);
    const answers = [];
    for (let number = 0; number < 3; number += 1) {
      answers.push(await peer.ask(one, "resources/unsubscribe", { uri: "wamcp://inbox" }));
    }
    expect(answers[1]).toMatchObject({ result: {} });
    expect(answers[2]).toMatchObject({ error: { message: expect.stringContaining("Try again in") } });
  });
});

describe("what fails", () => {
  it("tells nobody how", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    await ctx.sql`alter table mcp_sessions rename column subscriptions to others`;
    try {
      for (const method of ["resources/subscribe", "resources/unsubscribe"]) {
        const { error } = await peer.ask(one, method, { uri: "wamcp://inbox" });
        expect(error).toMatchObject({ code: -32603 });
        expect(JSON.stringify(error)).not.toMatch(/subscriptions|mcp_sessions|update/);
      }
    } finally {
      await ctx.sql`alter table mcp_sessions rename column others to subscriptions`;
    }
  });
});
