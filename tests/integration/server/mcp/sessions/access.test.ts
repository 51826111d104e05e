import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAccessFollower } from "#server/utils/create-access-follower";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { eventually } from "#tests/helpers/eventually";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

// More than the second within which access ends, which tests/e2e/server/revoke.test.ts measures: a busy machine may stand still.
const SOON_MS = 5_000;

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
let ann: Tenant;
let count = 0;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
beforeEach(async () => {
  one = await openReplica(ctx);
  two = await openReplica(ctx);
  ann = await mintKey(ctx, tenants.ann.clientId, [...tenants.ann.principal.scopes]);
  return async () => {
    await one.kill();
    await two.kill();
  };
});
afterAll(async () => {
  await ctx?.close();
});

async function write(waPhoneNumberId: string, person: string): Promise<void> {
  count += 1;
  const messages = [textFrom(person, `wamid.${count}`, `text ${count}`, ctx.clock.now())];
  expect((await receiveWebhook(ctx, webhookBody(waPhoneNumberId, { messages }))).state).toBe("done");
}
const rowsOf = async (keyId: string): Promise<number> =>
  (await ctx.sql`select 1 from mcp_sessions where api_key_id = ${keyId}`).length;
const waitFor = (id: number) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "wait_for_messages", arguments: { timeout_s: 60 } },
});

describe("access that ends", () => {
  it.each([
    ["the key is revoked", () => ctx.sql`update api_keys set revoked_at = now() where id = ${ann.keyId}`],
    [
      "the client is disabled",
      () => ctx.sql`update clients set disabled_at = now() where id = ${ann.clientId}`,
    ],
  ])("ends streams, waits and rows at all replicas when %s", async (_what, end) => {
    const peers = [await openLegacyPeer(one, ann.principal), await openLegacyPeer(two, ann.principal)];
    const streams = await Promise.all(peers.map((peer, index) => peer.listen(index ? one : two)));
    const wait = (await peers[0]?.post(one, waitFor(1)))?.text();
    const endedMs = performance.now();
    await end();
    await Promise.all([...streams.map(({ ended }) => ended), wait]);
    expect(performance.now() - endedMs).toBeLessThan(SOON_MS);
    await eventually(async () => expect(await rowsOf(ann.keyId)).toBe(0));
    for (const { sessions } of [one, two]) await eventually(() => expect(sessions.size).toBe(0));
    await ctx.sql`update clients set disabled_at = null`;
  });

  it("ends the sessions of a key whose time is over", async () => {
    const expiresAt = new Date(ctx.clock.now().getTime() + 5_000);
    await ctx.sql`update api_keys set expires_at = ${expiresAt} where id = ${ann.keyId}`;
    const peer = await openLegacyPeer(one, { ...ann.principal, expiresAt });
    const stream = await peer.listen(one);
    ctx.clock.advance(5_001);
    await one.sessions.maintain();
    await stream.ended;
    ctx.clock.advance(60_000);
    await two.sessions.maintain();
    expect(await rowsOf(ann.keyId)).toBe(0);
  });

  it("opens nothing for a key that was revoked a moment ago", async () => {
    await ctx.sql`update api_keys set revoked_at = now() where id = ${ann.keyId}`;
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "late", version: "1" } },
    };
    const refused = await one.sessions.handle(buildMcpRequest({ method: "POST", body }), ann.principal);
    expect(refused.status).toBe(401);
    expect([one.sessions.size, await rowsOf(ann.keyId)]).toEqual([0, 0]);
  });
});

describe("access that changes", () => {
  it("keeps the session, drops what it may not read any more, and says that the lists are others", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const uris = ["wamcp://inbox", "wamcp://numbers/101/messages", "wamcp://numbers/103/messages"];
    for (const uri of uris) await peer.ask(one, "resources/subscribe", { uri });
    const stream = await peer.listen(two);
    const tools = ["tools:get_messages", "numbers:103"];
    await ctx.sql`update api_keys set scopes = ${tools} where id = ${ann.keyId}`;
    await eventually(() => {
      for (const list of ["tools", "resources"]) {
        expect(stream.methods()).toContain(`notifications/${list}/list_changed`);
      }
    });
    await eventually(async () => {
      const [row] = await ctx.sql<[{ uris: string[] }]>`
        select to_json(subscriptions) as uris from mcp_sessions where id = ${peer.id}`;
      expect(row.uris).toEqual(["wamcp://inbox", "wamcp://numbers/103/messages"]);
    });
    await stream.leave();
  });

  it("drops at the next stream what was taken away while there was none", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    await peer.ask(one, "resources/subscribe", { uri: "wamcp://numbers/103/messages" });
    const grants = ann.principal.grants.filter(({ waPhoneNumberId }) => waPhoneNumberId !== "103");
    const request = buildMcpRequest({ method: "GET", sessionId: peer.id });
    const response = await two.sessions.handle(request, { ...ann.principal, grants });
    const [row] = await ctx.sql<[{ uris: string[] }]>`
      select to_json(subscriptions) as uris from mcp_sessions where id = ${peer.id}`;
    expect(row.uris).toEqual([]);
    await response.body?.cancel();
  });
});

describe("rights that are taken away", () => {
  it.each([
    ["the tool", () => ctx.sql`update api_keys set scopes = ${["tools:ping"]} where id = ${ann.keyId}`],
    ["the number", () => ctx.sql`update grants set tools = ${["ping"]} where client_id = ${ann.clientId}`],
  ])("end a wait that goes by them: %s", async (_what, takeAway) => {
    const peer = await openLegacyPeer(one, ann.principal);
    const call = (timeout_s: number, cursor?: string) => ({
      name: "wait_for_messages",
      arguments: { timeout_s, limit: 100, ...(cursor ? { cursor } : {}) },
    });
    const first = await peer.ask(one, "tools/call", call(0));
    const { cursor } = (first.result as { structuredContent: { cursor: string } }).structuredContent;
    const waiting = await peer.post(one, {
      jsonrpc: "2.0",
      id: 50,
      method: "tools/call",
      params: call(60, cursor),
    });
    await eventually(() => expect(one.system.changes.countOf(ann.keyId)).toBe(1));
    await takeAway();
    await eventually(() => expect(one.system.changes.countOf(ann.keyId)).toBe(0));
    await write("101", "16505557778");
    expect(await waiting.text()).toContain('\\"messages\\":[]');
    await ctx.sql`update grants set tools = '{*}'`;
  });
});

describe("access that could not be read when it changed", () => {
  it("ends the session of a revoked key as soon as it can be", async () => {
    let failures = 0;
    const database = {
      ...one.system.database,
      get system() {
        if (failures-- > 0) throw new Error("the connection was lost");
        return one.system.database.system;
      },
    };
    const sessions = createLegacySessions({ ...one.system, database }, createSurface(one.system));
    const follower = createAccessFollower(sessions, ctx.system.log);
    const other = await mintKey(ctx, tenants.ann.clientId, [...ann.principal.scopes]);
    const at = { ...one, sessions };
    const streams = [
      await (await openLegacyPeer(at, ann.principal)).listen(at),
      await (await openLegacyPeer(at, other.principal)).listen(at),
    ];
    await ctx.sql`update api_keys set revoked_at = now() where id in ${ctx.sql([ann.keyId, other.keyId])}`;
    failures = 1;
    await follower.refresh(tenants.ann.clientId);
    await streams[1]?.ended;
    await follower.retry();
    await streams[0]?.ended;
    expect(sessions.size).toBe(0);
  });

  it("is not undone by a request that was authenticated before, while its session is taken up", async () => {
    const peer = await openLegacyPeer(one, ann.principal);
    const uri = "wamcp://numbers/103/messages";
    await peer.ask(one, "resources/subscribe", { uri });
    const held = await holdTable(ctx, "mcp_sessions");
    const taking = peer.post(two, { jsonrpc: "2.0", id: 1, method: "tools/list" });
    await held.waitForWaiters();
    await ctx.sql`update api_keys set scopes = ${["tools:ping"]} where id = ${ann.keyId}`;
    const refreshed = two.sessions.refresh(ann.clientId);
    await held.release();
    await refreshed;
    const tools = (await (await taking).text()).match(/"name":"[a-z_]+"/g);
    expect(tools).toEqual(['"name":"ping"']);
  });
});

describe("news of a conversation", () => {
  it("says that the list of resources is another, to those whose it is", async () => {
    await write("102", "16505557776");
    for (const { system } of [one, two]) await untilPassedOn(ctx, system);
    const owner = await openLegacyPeer(one, tenants.owner.principal);
    const stranger = await openLegacyPeer(two, tenants.bob.principal);
    await stranger.ask(two, "resources/subscribe", { uri: "wamcp://numbers/102/messages" });
    const heard = await owner.listen(two);
    const others = await stranger.listen(one);
    await write("101", "16505557777");
    await eventually(() => expect(heard.methods()).toContain("notifications/resources/list_changed"));
    // Comes last, and is no new conversation: by then he would have heard of that one.
    await write("102", "16505557776");
    await eventually(() => expect(others.uris()).toEqual(["wamcp://numbers/102/messages"]));
    expect(others.methods()).toEqual(["notifications/resources/updated"]);
    await heard.leave();
    await others.leave();
  });
});

describe("a replica that stops", () => {
  it("ends streams, releases waits with their cursor, finishes and keeps sessions for others", async () => {
    const { owner } = tenants;
    const peer = await openLegacyPeer(one, owner.principal);
    await peer.ask(one, "resources/subscribe", { uri: "wamcp://inbox" });
    const cursor = await peer.ask(one, "tools/call", {
      name: "wait_for_messages",
      arguments: { timeout_s: 0 },
    });
    const { cursor: place } = (cursor.result as { structuredContent: { cursor: string } }).structuredContent;
    const waiting = await peer.post(one, {
      jsonrpc: "2.0",
      id: 50,
      method: "tools/call",
      params: { name: "wait_for_messages", arguments: { timeout_s: 60, cursor: place } },
    });
    const stream = await peer.listen(one);
    const startedMs = performance.now();
    await one.sessions.drain();
    await stream.ended;
    expect(await waiting.text()).toContain('"cursor"');
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    expect((await peer.listen(one)).status).toBe(503);
    expect((await peer.ask(one, "tools/list")).result).toBeDefined();
    await one.sessions.close();
    const [row] = await ctx.sql<[{ streams: boolean }]>`
      select streaming_until > ${ctx.clock.now()} as streams from mcp_sessions where id = ${peer.id}`;
    expect(row.streams).toBe(false);
    await write("103", "16505557777");
    const next = await peer.listen(two);
    await eventually(() => expect(next.uris()).toContain("wamcp://inbox"));
    await next.leave();
  });
});
