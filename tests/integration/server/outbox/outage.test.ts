import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { recover } from "#server/utils/maintenance";
import { createRelay, type Relay } from "#server/utils/outbox/create-relay";
import { readRelayLagMs } from "#server/utils/outbox/read-relay-lag";
import type { OutboxEvent } from "#server/utils/outbox/store";
import { createReadiness } from "#server/utils/readiness/create-readiness";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const MINUTE_MS = 60_000;

let ctx: TestContext;
let tenants: Tenants;
let relay: Relay | undefined;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(() => ctx.sql`truncate messages, outbox, webhook_inbox cascade`);

afterEach(async () => {
  await relay?.stop();
  relay = undefined;
});

afterAll(() => ctx.close());

const send = (index: number) =>
  sendAs(ctx, tenants.ann, { to: `+1650555${2000 + index}`, phone_number_id: "101" });

function start(sendEvents: (events: readonly OutboxEvent[]) => Promise<void>): Relay {
  relay = createRelay({ database: ctx.database, clock: ctx.clock, log: ctx.system.log, sendEvents });
  relay.start();
  return relay;
}

const readReadiness = () => createReadiness({ ...ctx.system, migrationsDir: "db/migrations" })();

describe("an hour without Inngest", () => {
  it("costs nothing but the delay: every event goes out once, and nobody made more of them", async () => {
    let isAway = true;
    let failures = 0;
    const handed: string[] = [];
    const startedMs = performance.now();
    const outage = start(async (events) => {
      if (isAway) {
        failures += 1;
        throw new Error("Inngest is away");
      }
      handed.push(...events.map(({ id }) => id));
    });
    for (let minute = 0; minute < 60; minute += 1) {
      await send(minute);
      outage.wake();
      ctx.clock.advance(MINUTE_MS);
      // Every process sweeps all the time; what only waits for the relay is not woken once more.
      await recover(ctx.system);
    }
    await eventually(() => expect(failures).toBeGreaterThanOrEqual(3));
    // The back-off doubles from half a second, however often the relay is woken.
    expect(failures).toBeLessThanOrEqual(Math.log2((performance.now() - startedMs) / 250) + 2);
    const [waiting] = await ctx.sql`select count(*)::int as count from outbox where sent_at is null`;
    expect(waiting).toEqual({ count: 60 });
    expect(await readRelayLagMs(ctx.system)).toBe(60 * MINUTE_MS);
    expect(await readReadiness()).toMatchObject({
      ready: true,
      checks: { database: "ok", relay: "degraded" },
      relay_lag_s: 3600,
    });

    isAway = false;
    // After the rest of a back-off, which may be a quarter of a minute.
    await vi.waitFor(() => expect(handed).toHaveLength(60), { timeout: 40_000, interval: 100 });
    await eventually(async () => expect(await readRelayLagMs(ctx.system)).toBe(0));
    expect(new Set(handed).size).toBe(60);
    expect(await readReadiness()).toMatchObject({ checks: { relay: "ok" }, relay_lag_s: 0 });
  }, 90_000);

  it("and then every message leaves once", async () => {
    for (let index = 0; index < 10; index += 1) await send(index);
    ctx.clock.advance(60 * MINUTE_MS);
    await recover(ctx.system);
    ctx.graph.calls.length = 0;
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(10);
  });
});

describe("readRelayLagMs", () => {
  it("is the age of the oldest event that is due, or of a body that nobody announced", async () => {
    expect(await readRelayLagMs(ctx.system)).toBe(0);
    await storeBody(ctx, "{}");
    ctx.clock.advance(5_000);
    await send(1);
    ctx.clock.advance(2_000);
    expect(await readRelayLagMs(ctx.system)).toBe(7_000);
    await ctx.sql`update webhook_inbox set announced_at = now()`;
    expect(await readRelayLagMs(ctx.system)).toBe(2_000);
    await ctx.sql`update outbox set available_at = ${new Date(ctx.clock.now().getTime() + MINUTE_MS)}`;
    expect(await readRelayLagMs(ctx.system)).toBe(0);
  });
});
