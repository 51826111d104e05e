import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openDatabase } from "#db/client";
import { newId } from "#server/utils/ids";
import { createMetrics } from "#server/utils/metrics/create-metrics";
import { readQueueState } from "#server/utils/metrics/store";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { parseExposition } from "#tests/helpers/metrics/parse-exposition";
import { sendAs } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const CANARY = "canary-77aa";
const NUMBER = "16505558264";
const HOLDINGS = { sessions: { size: 3, streamCount: 2 }, exchanges: { streamCount: 1 } };

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  // Their numbers want their templates.
  await ctx.sql`update outbox set sent_at = now()`;
});
afterAll(() => ctx?.close());

const readState = () => ctx.database.asSystem((tx) => readQueueState(tx, ctx.clock.now(), 5_000));
const send = (to: string) => sendAs(ctx, tenants.ann, { to, body: CANARY, phone_number_id: "101" });

describe("what waits in the database", () => {
  it("is nothing at first", async () => {
    expect(await readState()).toEqual({
      messages: { queued: 0, sending: 0, held: 0, uncertain: 0 },
      oldestDueAt: undefined,
      inbox: { waiting: 0, dead: 0 },
      oldestBodyAt: undefined,
      dueEvents: 0,
      relayWaitingSince: undefined,
      numbers: { working: 3, throttled: 0, paused: 0, disabled: 0 },
    });
  });

  it("counts what is queued and uncertain, and dates what should have left", async () => {
    const queuedAt = ctx.clock.now();
    const { message_id: id, conversation_id: conversationId } = await send(`+${NUMBER}`);
    await send(`+${NUMBER}`);
    ctx.clock.advance(60_000);
    const waiting = await readState();
    expect(waiting).toMatchObject({ messages: { queued: 2 }, oldestDueAt: queuedAt, dueEvents: 2 });
    expect(waiting.relayWaitingSince).toEqual(queuedAt);

    // Until its next attempt it is not late, and what stands behind it is not either.
    const later = new Date(ctx.clock.now().getTime() + 1_000).toISOString();
    await ctx.sql`update messages set next_attempt_at = ${later} where id = ${id}`;
    expect((await readState()).oldestDueAt).toBeUndefined();
    ctx.clock.advance(2_000);
    expect((await readState()).oldestDueAt).toEqual(new Date(later));

    // A number that sends nothing has a gauge of its own.
    await ctx.sql`update phone_numbers set paused_at = now() where wa_phone_number_id = '101'`;
    const paused = await readState();
    expect(paused).toMatchObject({ oldestDueAt: undefined, numbers: { working: 2, paused: 1 } });
    await ctx.sql`update phone_numbers set paused_at = null where wa_phone_number_id = '101'`;

    ctx.graph.plan(failing("uncertain"));
    await sendNextMessage(ctx.system, conversationId);
    expect((await readState()).messages).toEqual({ queued: 1, sending: 0, held: 0, uncertain: 1 });
  });

  it("counts what waits for a person, until it is decided", async () => {
    const { clientId, keyId } = tenants.ann;
    await ctx.sql`
      insert into approvals (id, message_id, client_id, api_key_id, content_hash, expires_at)
      select ${newId()}, id, ${clientId}, ${keyId}, ${CANARY}, now() from messages limit 1`;
    expect((await readState()).messages.held).toBe(1);
    await ctx.sql`update approvals set state = 'refused'`;
    expect((await readState()).messages.held).toBe(0);
  });

  it("counts webhook bodies and dates the oldest", async () => {
    const receivedAt = ctx.clock.now();
    const id = await storeBody(ctx, { object: CANARY });
    ctx.clock.advance(1_000);
    await storeBody(ctx, { object: CANARY });
    expect(await readState()).toMatchObject({ inbox: { waiting: 2, dead: 0 }, oldestBodyAt: receivedAt });
    await ctx.sql`update webhook_inbox set state = 'dead' where id = ${id}`;
    expect((await readState()).inbox).toEqual({ waiting: 1, dead: 1 });
  });
});

describe("a scrape", () => {
  it("tells it, with what the process holds, in the format of Prometheus", async () => {
    const metrics = createMetrics();
    const database = metrics.watchDatabase(ctx.database);
    metrics.watch({ database, clock: ctx.clock, ...HOLDINGS });
    try {
      const { text } = await metrics.scrape();
      const { valueOf } = parseExposition(text);
      expect(valueOf("wamcp_messages", { state: "queued" })).toBe(1);
      expect(valueOf("wamcp_messages", { state: "uncertain" })).toBe(1);
      expect(valueOf("wamcp_inbox_bodies", { state: "dead" })).toBe(1);
      expect(valueOf("wamcp_database_up")).toBe(1);
      expect(valueOf("wamcp_sessions_held")).toBe(3);
      expect(valueOf("wamcp_streams_open", { era: "modern" })).toBe(1);
      expect(valueOf("wamcp_database_transactions", { role: "system" })).toBe(0);
      const { clientId, keyId, token } = tenants.ann;
      for (const secret of [CANARY, NUMBER, clientId, keyId, token, tenants.numbers.ann.id, "number 101"]) {
        expect(text).not.toContain(secret);
      }
    } finally {
      metrics.close();
    }
  });

  it("answers without the database, says so, and repeats no old number as if it were true", async () => {
    const metrics = createMetrics();
    const away = openDatabase({ url: ctx.url.replace(/:\d+\//, ":1/") });
    let isAway = false;
    const database = {
      ...ctx.database,
      asSystem: (work) => (isAway ? away : ctx.database).asSystem(work),
    } as typeof away;
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      metrics.watch({ database, clock: ctx.clock, ...HOLDINGS });
      metrics.countWebhook("accepted");
      expect(
        parseExposition((await metrics.scrape()).text).valueOf("wamcp_relay_lag_seconds"),
      ).toBeGreaterThan(0);
      isAway = true;
      vi.advanceTimersByTime(5_001);
      const { valueOf, samples } = parseExposition((await metrics.scrape()).text);
      expect(valueOf("wamcp_database_up")).toBe(0);
      expect(valueOf("wamcp_webhooks_total", { outcome: "accepted" })).toBe(1);
      expect(valueOf("wamcp_sessions_held")).toBe(3);
      const shared = /^wamcp_(messages|inbox|numbers|outbox|relay)/;
      expect(samples.filter(({ name }) => shared.test(name))).toEqual([]);
      isAway = false;
      vi.advanceTimersByTime(5_001);
      expect(parseExposition((await metrics.scrape()).text).valueOf("wamcp_database_up")).toBe(1);
    } finally {
      vi.useRealTimers();
      metrics.close();
      await away.close();
    }
  });

  it("counts transactions while they are under way", async () => {
    const metrics = createMetrics();
    const database = metrics.watchDatabase(ctx.database);
    const read = async (role: string) =>
      parseExposition((await metrics.scrape()).text).valueOf("wamcp_database_transactions", { role });
    try {
      await database.asClient(newId(), async () => expect(await read("client")).toBe(1));
      await expect(database.asSystem(async () => Promise.reject(new Error("as wanted")))).rejects.toThrow(
        "as wanted",
      );
      expect([await read("client"), await read("system")]).toEqual([0, 0]);
    } finally {
      metrics.close();
    }
  });
});
