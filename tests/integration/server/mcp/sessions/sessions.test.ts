import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { eventually } from "#tests/helpers/eventually";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { initializeAt, openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { recordStatements } from "#tests/helpers/server/record-statements";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

const MINUTE_MS = 60_000;

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
let ann: Tenant;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx);
  two = await openReplica(ctx);
});
beforeEach(async () => {
  ann = await mintKey(ctx, tenants.ann.clientId, [...tenants.ann.principal.scopes]);
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

const countRows = async (keyId: string): Promise<number> => {
  const [row] = await ctx.sql<[{ count: number }]>`
    select count(*)::int as count from mcp_sessions where api_key_id = ${keyId}`;
  return row.count;
};
const useAt = (at: Replica, sessionId: string, tenant: Tenant, method: "GET" | "POST" | "DELETE" = "POST") =>
  at.sessions.handle(
    buildMcpRequest({
      method,
      sessionId,
      body: method === "POST" ? { jsonrpc: "2.0", id: 1, method: "tools/list" } : undefined,
    }),
    tenant.principal,
  );

describe("a session", () => {
  it("goes on at another replica, and after its own has vanished", async () => {
    const dying = await openReplica(ctx);
    const peer = await openLegacyPeer(dying, ann.principal, { elicitation: { form: {} } });
    const before = await peer.ask(dying, "tools/list");
    expect(await peer.ask(one, "tools/list")).toMatchObject({ result: before.result });
    await dying.kill();
    expect(await peer.ask(two, "tools/list")).toMatchObject({ result: before.result });
    expect((await peer.ask(two, "tools/call", { name: "ping", arguments: {} })).result).toMatchObject({
      isError: false,
    });
  });

  it("is taken up once for requests that come at the same time", async () => {
    let transports = 0;
    const fresh = await openReplica(ctx, (system) => {
      const surface = createSurface(system);
      return {
        ...surface,
        // Read when a server is made for a transport.
        get serverInfo() {
          transports += 1;
          return surface.serverInfo;
        },
      };
    });
    const peer = await openLegacyPeer(one, ann.principal);
    const bodies = Array.from({ length: 10 }, (_, index) => ({
      jsonrpc: "2.0",
      id: 100 + index,
      method: "tools/list",
    }));
    const answers = await Promise.all(bodies.map(async (body) => (await peer.post(fresh, body)).text()));
    for (const [index, text] of answers.entries()) expect(text).toContain(`"id":${100 + index}`);
    expect([transports, fresh.sessions.size]).toEqual([1, 1]);
    await fresh.kill();
  });

  it("ends everywhere when it is deleted anywhere", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const stream = await peer.listen(two);
    expect((await peer.end(one)).status).toBe(200);
    await stream.ended;
    expect(await countRows(ann.keyId)).toBe(0);
    for (const replica of [one, two]) expect((await useAt(replica, peer.id, ann)).status).toBe(404);
  });

  it("is nothing to another key, wherever it is held", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const audited = async () => {
      const [row] = await ctx.sql<[{ count: number }]>`
        select count(*)::int as count from audit_log where action = 'session.use' and error_code = 'not_found'`;
      return row.count;
    };
    const before = await audited();
    let refusals = 0;
    for (const replica of [one, two]) {
      for (const method of ["GET", "POST", "DELETE"] as const) {
        const foreign = await useAt(replica, peer.id, tenants.bob, method);
        const unknown = await useAt(replica, crypto.randomUUID(), tenants.bob, method);
        expect([foreign.status, await foreign.text()]).toEqual([404, await unknown.text()]);
        refusals += 2;
      }
    }
    expect(await audited()).toBe(before + refusals);
    expect((await useAt(one, peer.id, ann)).status).toBe(200);
  });

  it("ends when nobody has used it for half an hour, and not while it streams", async () => {
    const idle = await openLegacyPeer(one, ann.principal);
    const streaming = await openLegacyPeer(one, ann.principal);
    const stream = await streaming.listen(two);
    for (let minutes = 0; minutes < 29; minutes += 1) {
      ctx.clock.advance(MINUTE_MS);
      await two.sessions.maintain();
      await one.sessions.maintain();
    }
    expect(await countRows(ann.keyId)).toBe(2);
    ctx.clock.advance(2 * MINUTE_MS);
    // Not swept yet, and over all the same.
    expect((await useAt(one, idle.id, ann)).status).toBe(404);
    await two.sessions.maintain();
    await one.sessions.maintain();
    expect(await countRows(ann.keyId)).toBe(1);
    expect((await useAt(one, streaming.id, ann)).status).toBe(200);
    await stream.leave();
  });

  it("is kept by use, which is written down once a minute", async () => {
    const replica = await openReplica(ctx);
    const { database, take } = recordStatements(replica.system.database);
    const surface = createSurface(replica.system);
    const at = { ...replica, sessions: createLegacySessions({ ...replica.system, database }, surface) };
    const peer = await openLegacyPeer(at, ann.principal);
    const seen = async () => {
      const [row] = await ctx.sql<
        [{ at: Date }]
      >`select last_seen_at as at from mcp_sessions where id = ${peer.id}`;
      return row.at.getTime();
    };
    const opened = await seen();
    take();
    ctx.clock.advance(30_000);
    await peer.ask(at, "tools/list");
    ctx.clock.advance(31_000);
    await peer.ask(at, "tools/list");
    await eventually(async () => expect(await seen()).toBe(opened + 61_000));
    // The use before is not written down late either: nobody began to.
    expect(take().filter((statement) => statement.includes('update "mcp_sessions"'))).toHaveLength(1);
    await replica.kill();
  });

  it("is forgotten where it does nothing, and taken up again", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const held = one.sessions.size;
    ctx.clock.advance(4 * MINUTE_MS);
    await one.sessions.maintain();
    expect(one.sessions.size).toBeLessThan(held);
    expect((await peer.ask(one, "tools/list")).result).toBeDefined();
  });
});

describe("sessions of one key", () => {
  it("are never more than the limit, however many replicas open them at once", async () => {
    const opened = await Promise.all(
      Array.from({ length: 50 }, (_, index) => initializeAt(index % 2 ? one : two, ann.principal)),
    );
    expect(opened.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(await countRows(ann.keyId)).toBe(16);
    const ids = opened.map(({ headers }) => headers.get("mcp-session-id") ?? "");
    // The other processes forget those that had to go, as soon as they hear of it.
    await eventually(async () => {
      const answers = await Promise.all(ids.map((id) => useAt(one, id, ann)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(16);
    });
  });

  it("give way to a new one, the idlest first, unless they stream", async () => {
    const peers = [];
    for (let number = 0; number < 16; number += 1) {
      peers.push(await openLegacyPeer(one, ann.principal));
      ctx.clock.advance(1_000);
    }
    const [first, second, third] = peers;
    if (!first || !second || !third) throw new Error("there are too few");
    const stream = await first.listen(two);
    await openLegacyPeer(two, ann.principal);
    expect((await useAt(two, first.id, ann)).status).toBe(200);
    await eventually(async () => expect((await useAt(one, second.id, ann)).status).toBe(404));
    expect((await useAt(one, third.id, ann)).status).toBe(200);
    await stream.leave();
  });

  it("are refused when all of them stream, with a time to come back", async () => {
    const streams = [];
    for (let number = 0; number < 16; number += 1) {
      streams.push(await (await openLegacyPeer(one, ann.principal)).listen(two));
    }
    const refused = await initializeAt(one, ann.principal);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    await Promise.all(streams.map((stream) => stream.leave()));
    await eventually(async () => expect((await initializeAt(one, ann.principal)).status).toBe(200));
  });

  it("are no longer protected by a stream whose process has vanished", async () => {
    const dying = await openReplica(ctx);
    for (let number = 0; number < 16; number += 1) {
      await (await openLegacyPeer(dying, ann.principal)).listen(dying);
    }
    expect((await initializeAt(one, ann.principal)).status).toBe(429);
    await dying.kill();
    ctx.clock.advance(61_000);
    expect((await initializeAt(one, ann.principal)).status).toBe(200);
  });

  it("refuse what cannot be stored", async () => {
    const body = (name: string) => ({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name, version: "1" } },
    });
    const open = (name: string) =>
      one.sessions.handle(buildMcpRequest({ method: "POST", body: body(name) }), ann.principal);
    const held = one.sessions.size;
    expect((await open("nul \0")).status).toBe(400);
    expect((await open("x".repeat(40_000))).status).toBe(413);
    expect(one.sessions.size).toBe(held);
    expect(await countRows(ann.keyId)).toBe(0);
  });
});
