import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGraphClient, type GraphClient } from "#server/utils/meta/graph-client";
import { resumeNumber } from "#server/utils/messaging/sending/resume-number";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { startSimulator, type Simulator } from "#simulator/start-simulator";
import { sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { webhookBody } from "#tests/helpers/server/webhook-bodies";

/** Long, so that only what never answers is late on a busy machine. */
const TIMEOUT_MS = 5_000;
/** For silence, which is waited out; long enough for Meta to take the message first. */
const HASTY_TIMEOUT_MS = 1_000;

let simulator: Simulator;
let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  simulator = await startSimulator({
    appSecret: "app-secret",
    verifyToken: "verify-token",
    accessToken: "access-token",
    numbers: [{ id: "101", display: "+1 555 078 3881" }],
    wabaId: "900",
  });
  await simulator.configure({ window: "off", pair_rate: false, throughput_per_second: 0 });
  ctx = await createTestContext({ graph: connect(TIMEOUT_MS) });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await simulator.reset();
  await ctx.sql`update phone_numbers set throttled_until = null, throttle_level = 0, paused_at = null`;
});

afterAll(async () => {
  await simulator.close();
  await ctx.close();
});

const connect = (timeoutMs: number, baseUrl = simulator.url): GraphClient =>
  createGraphClient({ baseUrl, version: "v23.0", timeoutMs });

/** Queues a text for somebody new and lets one attempt happen. */
async function attempt(at = ctx): Promise<string> {
  const to = `+${(lastDigits += 1)}`;
  const { message_id } = await sendAs(ctx, tenants.ann, { to, phone_number_id: "101" });
  await deliverEvents(at);
  return message_id;
}

const arrivals = async (id: string): Promise<number> =>
  (await simulator.arrivals({ biz_opaque_callback_data: id })).total;

/** Time passes until what waits is due; something from Meta shows that webhooks flow. */
async function passTime(ms: number): Promise<void> {
  ctx.clock.advance(2_000);
  await receiveWebhook(
    ctx,
    webhookBody("101", { statuses: [{ id: `wamid.${Math.random()}`, status: "sent" }] }),
  );
  ctx.clock.advance(ms);
  await deliverEvents(ctx);
}

describe("what Meta takes", () => {
  it("arrives once, under Meta's id, with ours in it", async () => {
    const id = await attempt();
    const message = await readMessage(ctx, id);
    expect(message).toMatchObject({ status: "accepted", attempts: 1, error: null });
    const report = await simulator.arrivals({ biz_opaque_callback_data: id });
    expect(report.messages).toMatchObject([
      { wamid: message.wamid, wa_id: String(lastDigits), text: "hello" },
    ]);
  });

  it("goes to a person's BSUID when there is no phone number", async () => {
    const user_id = "US.13491208655302741918";
    await simulator.putContact({ wa_id: "16505557777", user_id });
    const { message_id } = await sendAs(ctx, tenants.ann, { to: user_id, phone_number_id: "101" });
    await deliverEvents(ctx);
    expect(await readMessage(ctx, message_id)).toMatchObject({ status: "accepted" });
    expect(await arrivals(message_id)).toBe(1);
  });
});

describe("an error that is safe to retry", () => {
  it.each([
    [130429, 5_000],
    [131056, 5_000],
    [80007, 120_000],
    [2494100, 360_000],
  ])("(%i) queues the message again, and it arrives once", async (code, laterMs) => {
    await simulator.addFault({ kind: "graph_error", code });
    const id = await attempt();
    const waiting = await readMessage(ctx, id);
    expect(waiting).toMatchObject({ status: "queued", attempts: 1, error: { code }, uncertain_at: null });
    expect(waiting.next_attempt_at?.getTime()).toBeGreaterThan(ctx.clock.now().getTime());
    await passTime(laterMs);
    expect(await readMessage(ctx, id)).toMatchObject({ status: "accepted", attempts: 2, error: null });
    expect(await arrivals(id)).toBe(1);
  });

  it("(131056) waits four times as long after each refusal, and never less than six seconds for the next", async () => {
    await simulator.addFault({ kind: "graph_error", code: 131056, count: 4 });
    const id = await attempt();
    const waits: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      const { next_attempt_at } = await readMessage(ctx, id);
      waits.push((next_attempt_at?.getTime() ?? 0) - ctx.clock.now().getTime());
      if (next_attempt_at) ctx.clock.set(next_attempt_at);
      await deliverEvents(ctx);
    }
    for (const [index, waitMs] of waits.entries()) {
      const least = Math.max(1_000 * 4 ** index, index > 0 ? 6_000 : 0);
      expect(waitMs).toBeGreaterThanOrEqual(least);
      expect(waitMs).toBeLessThanOrEqual(least * 1.2);
    }
    expect(await readMessage(ctx, id)).toMatchObject({ status: "accepted", attempts: 5 });
  });

  it("(nobody listens) queues it again: no byte left", async () => {
    const port = await closedPort();
    const graph = connect(TIMEOUT_MS, `http://127.0.0.1:${port}`);
    const outcome = await graph.sendMessage({ phoneNumberId: "101", accessToken: "x", payload: {} });
    expect(outcome).toMatchObject({ kind: "retry", error: { reason: "connection failed (ECONNREFUSED)" } });
  });
});

describe("an error that needs a person", () => {
  it.each([190, 131042, 133010, 200])(
    "(%i) pauses the number, says so without words, and keeps the message until it is resumed",
    async (code) => {
      ctx.logged.length = 0;
      await simulator.addFault({ kind: "graph_error", code });
      const id = await attempt();
      expect(await readMessage(ctx, id)).toMatchObject({
        status: "queued",
        error: { code, needsHuman: true, advice: expect.stringContaining("owner") as string },
      });
      const said = ctx.logged.join("\n");
      expect(said).toContain(String(code));
      expect(said).not.toContain("access-token");
      expect(said).not.toContain(String(lastDigits));
      await passTime(24 * 3_600_000);
      expect(await arrivals(id)).toBe(0);
      await resumeNumber(ctx.system, tenants.numbers.ann.id);
      await deliverEvents(ctx);
      expect(await arrivals(id)).toBe(1);
    },
  );
});

describe("an error that is final", () => {
  it.each([131026, 131009, 131047, 100_500])(
    "(%i) fails the message, which is never tried again",
    async (code) => {
      await simulator.addFault({ kind: "graph_error", code });
      const id = await attempt();
      expect(await readMessage(ctx, id)).toMatchObject({ status: "failed", error: { code }, attempts: 1 });
      await passTime(3_600_000);
      expect(await readMessage(ctx, id)).toMatchObject({ status: "failed", attempts: 1 });
      expect(await arrivals(id)).toBe(0);
    },
  );
});

describe("an answer that proves nothing", () => {
  it.each([
    ["a connection cut before Meta took it", { kind: "reset_before_accept" as const }, 0],
    ["a connection cut after Meta took it", { kind: "drop_response_after_accept" as const }, 1],
    ["an error page before", { kind: "http_502_html" as const }, 0],
    ["an error page after", { kind: "http_500_html" as const, after_accept: true }, 1],
    ["an ambiguous error before", { kind: "graph_error" as const, code: 131000 }, 0],
    ["an ambiguous error after", { kind: "graph_error" as const, code: 2, after_accept: true }, 1],
    ["an unknown error above 500", { kind: "graph_error" as const, code: 999_999, http_status: 503 }, 0],
  ])("(%s) leaves it uncertain", async (_what, fault, arrived) => {
    await simulator.addFault(fault);
    const id = await attempt();
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "sending",
      attempts: 1,
      uncertain_at: ctx.clock.now(),
    });
    expect(await arrivals(id)).toBe(arrived);
    expect(await settleUncertain(ctx.system, id)).toEqual({ outcome: "waiting" });
  });

  it("is silence after Meta took it, too", async () => {
    await simulator.addFault({ kind: "accept_and_hang" });
    const id = await attempt({ ...ctx, system: { ...ctx.system, graph: connect(HASTY_TIMEOUT_MS) } });
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "sending",
      attempts: 1,
      uncertain_at: ctx.clock.now(),
      error: { reason: "no answer in time" },
    });
    expect(await arrivals(id)).toBe(1);
    expect(await settleUncertain(ctx.system, id)).toEqual({ outcome: "waiting" });
  });

  it("is sent again after silence, and arrives once when Meta had not taken it", async () => {
    await simulator.addFault({ kind: "reset_before_accept" });
    const id = await attempt();
    await passTime(90_000);
    expect(await readMessage(ctx, id)).toMatchObject({ status: "accepted", attempts: 2 });
    expect(await arrivals(id)).toBe(1);
  });

  it("is settled by Meta's own status, and is not sent again, when Meta had taken it", async () => {
    await simulator.addFault({ kind: "drop_response_after_accept" });
    const id = await attempt();
    const [onPhone] = (await simulator.arrivals({ biz_opaque_callback_data: id })).messages;
    const status = { id: onPhone?.wamid, status: "delivered", biz_opaque_callback_data: id };
    await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
    await passTime(90_000);
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "delivered",
      attempts: 1,
      wamid: onPhone?.wamid,
    });
    expect(await arrivals(id)).toBe(1);
    expect((await readHistory(ctx, id)).at(-1)).toBe("delivered");
  });
});

async function closedPort(): Promise<number> {
  const other = await startSimulator({
    appSecret: "a",
    verifyToken: "b",
    accessToken: "c",
    numbers: [{ id: "1", display: "1" }],
    wabaId: "1",
  });
  await other.close();
  return other.port;
}
