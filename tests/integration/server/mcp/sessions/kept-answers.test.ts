import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { buildMcpRequest } from "#tests/helpers/server/build-mcp-request";
import {
  openLegacyPeer,
  readStream,
  type LegacyPeer,
  type PeerStream,
} from "#tests/helpers/server/create-legacy-peer";
import { createPatientSurface } from "#tests/helpers/server/create-patient-surface";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const surface = createPatientSurface();
const NOT_HERE = {
  id: 7_000,
  error: { message: expect.stringContaining("get_message_status first") as string },
};

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
let two: Replica;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx, surface.open);
  two = await openReplica(ctx, surface.open);
});
afterAll(async () => {
  await one?.kill();
  await two?.kill();
  await ctx?.close();
});

const openPeer = () => openLegacyPeer(one, tenants.owner.principal);
const callOf = (id: number, args = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "patience", arguments: args },
});
async function untilAtWork(): Promise<(text: string) => void> {
  return eventually(() => {
    const end = surface.takeCall();
    if (!end) throw new Error("the tool has not begun");
    return end;
  });
}
/** Begins a call and loses its connection before the answer. */
async function beginAndLose(peer: LegacyPeer): Promise<{ end: (text: string) => void; id: string }> {
  const stream = readStream(await peer.post(one, callOf(7_000)));
  const end = await untilAtWork();
  await eventually(() => expect(stream.events).toHaveLength(1));
  await stream.leave();
  return { end, id: stream.events[0]?.id ?? "" };
}
async function resume(at: Replica, peer: LegacyPeer, lastEventId: string): Promise<PeerStream> {
  const request = buildMcpRequest({ method: "GET", sessionId: peer.id });
  request.web.headers.set("last-event-id", lastEventId);
  return readStream(await at.sessions.handle(request, tenants.owner.principal));
}
const dataOf = (stream: PeerStream) => stream.events.map(({ data }) => data);
/** Ends a call, and waits until its answer is in the store. */
async function endCall(peer: LegacyPeer, end: (text: string) => void, text: string): Promise<void> {
  end(text);
  await peer.ask(one, "tools/list");
}

describe("an answer that is kept", () => {
  it("is sent to its end, and the stream ends with it", async () => {
    const peer = await openPeer();
    const { end, id } = await beginAndLose(peer);
    await endCall(peer, end, "kept");
    const late = await resume(one, peer, id);
    await late.ended;
    expect(dataOf(late)).toMatchObject([{ id: 7_000, result: { content: [{ text: "kept" }] } }]);
  });

  it("stays to be had while its call is at work, whatever else the session asks", async () => {
    const peer = await openPeer();
    const { end, id } = await beginAndLose(peer);
    for (let number = 0; number < 70; number += 1) await peer.ask(one, "tools/list");
    const late = await resume(one, peer, id);
    end("at last");
    await late.ended;
    expect(dataOf(late)).toMatchObject([{ id: 7_000, result: { content: [{ text: "at last" }] } }]);
  });
});

describe("an answer that is not kept any more", () => {
  it.each([
    [
      "a minute later",
      async () => {
        ctx.clock.advance(61_000);
        await one.sessions.maintain();
      },
    ],
    [
      "after many others",
      async (peer: LegacyPeer) => {
        for (let number = 0; number < 33; number += 1) await peer.ask(one, "tools/list");
      },
    ],
  ])("is refused %s, and nobody waits for it", async (_when, pass) => {
    const peer = await openPeer();
    const { end, id } = await beginAndLose(peer);
    await endCall(peer, end, "kept");
    await pass(peer);
    const late = await resume(one, peer, id);
    await late.ended;
    expect(dataOf(late)).toMatchObject([NOT_HERE]);
  });

  it("is refused when it is too long to be kept", async () => {
    const peer = await openPeer();
    const { end, id } = await beginAndLose(peer);
    await endCall(peer, end, "k".repeat(300_000));
    const late = await resume(one, peer, id);
    await late.ended;
    expect(dataOf(late)).toMatchObject([NOT_HERE]);
  });

  it("is refused elsewhere, also by a protocol whose answers do not begin with a place", async () => {
    const peer = await openPeer();
    const request = buildMcpRequest({
      method: "POST",
      sessionId: peer.id,
      body: callOf(7_000, { progress: true }),
    });
    request.web.headers.set("mcp-protocol-version", "2025-06-18");
    const stream = readStream(await one.sessions.handle(request, tenants.owner.principal));
    const end = await untilAtWork();
    await eventually(() => expect(stream.events).toHaveLength(1));
    const elsewhere = await resume(two, peer, stream.events[0]?.id ?? "");
    await elsewhere.ended;
    expect(dataOf(elsewhere)).toMatchObject([NOT_HERE]);
    end("over");
    await stream.ended;
  });
});
