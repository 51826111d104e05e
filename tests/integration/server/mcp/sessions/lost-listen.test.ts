import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#tests/helpers/eventually";
import { openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const INBOX = "wamcp://inbox";
const NUMBER = "wamcp://numbers/103/messages";

let ctx: TestContext;
let tenants: Tenants;
let one: Replica;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  one = await openReplica(ctx);
});
afterAll(async () => {
  await one?.kill();
  await ctx?.close();
});

/** Ends the connections over which replicas hear of each other; they connect again by themselves. */
async function loseListen(): Promise<void> {
  const rows = await ctx.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;
  expect(rows.length).toBeGreaterThan(0);
}

describe("sessions of a process that was not told for a while", () => {
  it("are compared with the database: what ended, what was subscribed to and what was given up", async () => {
    const [ended, kept] = [
      await openLegacyPeer(one, tenants.owner.principal),
      await openLegacyPeer(one, tenants.owner.principal),
    ];
    await kept.ask(one, "resources/subscribe", { uri: INBOX });
    const [ending, stream] = [await ended.listen(one), await kept.listen(one)];
    // As another process would, without anybody's being told.
    await ctx.sql`delete from mcp_sessions where id = ${ended.id}`;
    await ctx.sql`update mcp_sessions set subscriptions = ${[NUMBER]} where id = ${kept.id}`;
    await loseListen();
    await ending.ended;
    // It may have changed in the meantime.
    await eventually(() => expect(stream.uris()).toEqual([NUMBER]));
    await stream.leave();
  });

  it("are compared again until it succeeds", async () => {
    const peer = await openLegacyPeer(one, tenants.owner.principal);
    const stream = await peer.listen(one);
    await ctx.sql`delete from mcp_sessions where id = ${peer.id}`;
    const held = await holdTable(ctx, "mcp_sessions");
    await loseListen();
    await held.waitForWaiters();
    await held.endWaiters();
    await held.release();
    let isEnded = false;
    void stream.ended.then(() => (isEnded = true));
    await eventually(async () => {
      await one.sessions.maintain();
      expect(isEnded).toBe(true);
    });
  });
});
