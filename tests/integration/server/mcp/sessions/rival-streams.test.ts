import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import { openLegacyPeer, readStream, type LegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const INBOX = "wamcp://inbox";

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
let count = 0;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx);
  two = await openReplica(ctx);
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

async function write(): Promise<void> {
  count += 1;
  const messages = [textFrom("16505551234", `wamid.${count}`, `text ${count}`, ctx.clock.now())];
  expect((await receiveWebhook(ctx, webhookBody("103", { messages }))).state).toBe("done");
}
const countStreaming = async (peer: LegacyPeer): Promise<number> => {
  const rows = await ctx.sql`
    select 1 from mcp_sessions where id = ${peer.id} and streaming_until > ${ctx.clock.now()}`;
  return rows.length;
};

describe("streams of one session that are opened at once", () => {
  it("end, all but the newest, which leaves nothing behind when it ends", async () => {
    for (let round = 0; round < 10; round += 1) {
      const peer = await openLegacyPeer(one, tenants.owner.principal);
      await peer.ask(one, "resources/subscribe", { uri: INBOX });
      const streams = await Promise.all([peer.listen(one), peer.listen(one), peer.listen(one)]);
      const [first, second, newest] = streams;
      await Promise.all([first.ended, second.ended]);
      expect(newest.status).toBe(200);
      await write();
      await eventually(() => expect(newest.uris()).toEqual([INBOX]));
      await newest.leave();
      await eventually(async () => expect(await countStreaming(peer)).toBe(0));
      await peer.end(one);
    }
  });
});

describe("a connection that is dead without anybody's knowing", () => {
  const listen = (peer: LegacyPeer, at: Replica): Promise<Response> => {
    const request = buildMcpRequest({ method: "GET", sessionId: peer.id });
    request.web.headers.set("mcp-protocol-version", "2025-06-18");
    return at.sessions.handle(request, tenants.owner.principal);
  };

  it("loses nothing for minutes, to a client that has no place to come back to", async () => {
    const peer = await openLegacyPeer(one, tenants.owner.principal);
    await peer.ask(one, "resources/subscribe", { uri: INBOX });
    const dead = await listen(peer, one);
    await write();
    for (let seconds = 0; seconds < 175; seconds += 5) {
      ctx.clock.advance(5_000);
      await one.sessions.maintain();
    }
    await untilPassedOn(ctx, two.system);
    const next = readStream(await listen(peer, two));
    await eventually(() => expect(next.uris()).toEqual([INBOX]));
    await next.leave();
    await dead.body?.cancel();
  });
});
