import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

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
    expect(performance.now() - endedMs).toBeLessThan(1_000);
    await vi.waitFor(async () => expect(await rowsOf(ann.keyId)).toBe(0));
    for (const replica of [one, two]) expect(replica.sessions.size).toBe(0);
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
    await vi.waitFor(() => {
      for (const list of ["tools", "resources"]) {
        expect(stream.methods()).toContain(`notifications/${list}/list_changed`);
      }
    });
    await vi.waitFor(async () => {
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

describe("news of a conversation", () => {
  it("says that the list of resources is another, to those whose it is", async () => {
    const owner = await openLegacyPeer(one, tenants.owner.principal);
    const stranger = await openLegacyPeer(two, tenants.bob.principal);
    const heard = await owner.listen(two);
    const unheard = await stranger.listen(one);
    await write("101", "16505557777");
    await vi.waitFor(() => expect(heard.methods()).toContain("notifications/resources/list_changed"));
    expect(unheard.methods()).toEqual([]);
    await heard.leave();
    await unheard.leave();
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
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect((await peer.listen(one)).status).toBe(503);
    expect((await peer.ask(one, "tools/list")).result).toBeDefined();
    await one.sessions.close();
    const [row] = await ctx.sql<[{ streams: boolean }]>`
      select streaming_until > ${ctx.clock.now()} as streams from mcp_sessions where id = ${peer.id}`;
    expect(row.streams).toBe(false);
    await write("103", "16505557777");
    const next = await peer.listen(two);
    await vi.waitFor(() => expect(next.uris()).toContain("wamcp://inbox"));
    await next.leave();
  });
});
