import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { openLegacyPeer, readStream } from "#tests/helpers/server/create-legacy-peer";
import { createPatientSurface } from "#tests/helpers/server/create-patient-surface";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const surface = createPatientSurface();

let ctx: TestContext;
let tenants: Tenants;
let stopping: Replica;
let other: Replica;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  other = await openReplica(ctx, surface.open);
});
beforeEach(async () => {
  stopping = await openReplica(ctx, surface.open);
  return () => stopping.kill();
});
afterAll(async () => {
  await other?.kill();
  await ctx?.close();
});

const callOf = (name: string, args = {}) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name, arguments: args },
});
const asking = { elicitation: { form: {} } };

describe("a process that stops", () => {
  it("takes an open question back, so that its call answers", async () => {
    const peer = await openLegacyPeer(stopping, tenants.owner.principal, asking);
    const stream = readStream(await peer.post(stopping, callOf("ask")));
    await eventually(() => expect(JSON.stringify(stream.events)).toContain("elicitation/create"));
    await stopping.sessions.drain();
    await stream.ended;
    expect(stream.methods()).toContain("notifications/cancelled");
    expect(JSON.stringify(stream.events)).toContain("asked: nobody answered");
  });

  it("asks nobody any more", async () => {
    const peer = await openLegacyPeer(stopping, tenants.owner.principal, asking);
    await stopping.sessions.drain();
    const stream = readStream(await peer.post(stopping, callOf("ask")));
    await stream.ended;
    expect(stream.methods()).toEqual([]);
    expect(JSON.stringify(stream.events)).toContain("asked: nobody answered");
  });

  it("has calls answer that wait in a session which it takes up meanwhile", async () => {
    const peer = await openLegacyPeer(other, tenants.owner.principal);
    await stopping.sessions.drain();
    const stream = readStream(await peer.post(stopping, callOf("wait_for_messages", { timeout_s: 60 })));
    await stream.ended;
    expect(JSON.stringify(stream.events)).toContain("cursor");
  });

  it("leaves no stream behind that was being opened", async () => {
    const peer = await openLegacyPeer(other, tenants.owner.principal);
    const opening = peer.listen(stopping);
    await new Promise((resolve) => setImmediate(resolve));
    const draining = stopping.sessions.drain();
    const stream = await opening;
    await stream.ended;
    await draining;
    await eventually(async () => {
      const rows = await ctx.sql`
        select 1 from mcp_sessions where id = ${peer.id} and streaming_until > ${ctx.clock.now()}`;
      expect(rows).toHaveLength(0);
    });
  });
});
