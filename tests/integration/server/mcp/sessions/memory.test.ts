import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openLegacyPeer } from "#tests/helpers/server/create-legacy-peer";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { openReplica, type Replica } from "#tests/helpers/server/open-replica";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const SESSIONS = 300;
const LIMIT_BYTES = 100_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let ctx: TestContext;
let tenants: Tenants;
let replica: Replica;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  replica = await openReplica({
    ...ctx,
    system: { ...ctx.system, config: { ...ctx.system.config, sessionsPerKey: SESSIONS * 2 } },
  });
});
afterAll(async () => {
  await replica?.kill();
  await ctx?.close();
});

async function open(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const peer = await openLegacyPeer(replica, tenants.ann.principal);
    await peer.ask(replica, "resources/subscribe", { uri: "wamcp://inbox" });
    // What waits is what holds on to things: a heartbeat, and a reader.
    await peer.listen(replica);
  }
}

function readHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it("each session costs less than 100 kB, however many there are", async () => {
  // What the first ones load and compile is not theirs.
  await open(20);
  const before = readHeap();
  await open(SESSIONS);
  expect((readHeap() - before) / SESSIONS).toBeLessThan(LIMIT_BYTES);
}, 60_000);
