import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimMessage } from "#server/utils/messaging/sending/claim-message";
import { expireMessages } from "#server/utils/messaging/sending/expire-messages";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { readSendResponse } from "#server/utils/meta/read-send-response";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { callAs, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, outbox, audit_log, webhook_inbox cascade`;
  await ctx.sql`update phone_numbers set throttled_until = null, throttle_level = 0, last_webhook_at = null`;
  ctx.graph.calls.length = 0;
});

afterAll(() => ctx.close());

const someone = (): string => `+${(lastDigits += 1)}`;
const send = (to = someone(), more: Record<string, unknown> = {}): Promise<SentMessage> =>
  sendAs(ctx, tenants.ann, { to, phone_number_id: "101", ...more });
const read = (message: SentMessage) => readMessage(ctx, message.message_id);
const answering = (status: number, code: number): SendOutcome =>
  readSendResponse(status, JSON.stringify({ error: { code } }), new Headers());
const hearFromMeta = () =>
  receiveWebhook(ctx, webhookBody("101", { statuses: [{ id: `wamid.${Math.random()}`, status: "sent" }] }));

/** Silence that means something, again and again, until nothing is due within the hour. */
async function keepSilent(): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(MINUTE_MS);
    await deliverEvents(ctx);
  }
}

describe("a message's time", () => {
  it("is up while its next attempt is far away: it ends, and the next one of the conversation goes", async () => {
    const to = someone();
    const first = await send(to, { expires_in_s: 60 });
    const second = await send(to);
    ctx.graph.plan({
      kind: "retry",
      error: { reason: "maintenance", code: 2494100, backoff: "five_minutes" },
    });
    await deliverEvents(ctx);
    ctx.clock.advance(MINUTE_MS);
    expect(await expireMessages(ctx.system)).toBe(1);
    expect(await expireMessages(ctx.system)).toBe(0);
    await deliverEvents(ctx);
    expect((await read(first)).status).toBe("expired");
    expect((await read(second)).status).toBe("accepted");
  });

  it("is up while nobody knows whether it arrived: it is looked at just then, and is unknown", async () => {
    const message = await send(someone(), { expires_in_s: 30 });
    ctx.graph.plan(failing("uncertain"));
    await deliverEvents(ctx);
    ctx.clock.advance(29_999);
    expect(await deliverEvents(ctx)).toEqual([]);
    ctx.clock.advance(1);
    await deliverEvents(ctx);
    expect(await read(message)).toMatchObject({
      status: "unknown",
      error: { advice: expect.stringContaining("may have arrived") as string },
    });
  });

  it("is up after silence had it queued again: it may have arrived, and is not called expired", async () => {
    const message = await send(someone(), { expires_in_s: 120 });
    ctx.graph.plan(failing("uncertain"));
    await deliverEvents(ctx);
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(90_000);
    expect(await settleUncertain(ctx.system, message.message_id)).toEqual({ outcome: "retry" });
    ctx.clock.advance(HOUR_MS);
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(1);
    expect((await read(message)).status).toBe("unknown");
  });
});

describe("a final refusal", () => {
  it("after an attempt that may have arrived is no proof that nothing did", async () => {
    ctx.graph.plan(failing("uncertain"), answering(400, 131026));
    const message = await send();
    await deliverEvents(ctx);
    await keepSilent();
    expect(await read(message)).toMatchObject({ status: "unknown", error: { code: 131026 } });
    expect(String((await read(message)).error?.reason)).toContain("may have arrived");
  });

  it("of an older attempt, told late, says nothing of the one that Meta has taken since", async () => {
    ctx.graph.plan(failing("uncertain"));
    const message = await send();
    await deliverEvents(ctx);
    await keepSilent();
    const { wamid } = await read(message);
    const report = {
      status: "failed",
      biz_opaque_callback_data: message.message_id,
      errors: [{ code: 131026 }],
    };
    await receiveWebhook(ctx, webhookBody("101", { statuses: [{ ...report, id: "wamid.older" }] }));
    expect(await read(message)).toMatchObject({ status: "accepted", wamid });
    await receiveWebhook(ctx, webhookBody("101", { statuses: [{ ...report, id: wamid }] }));
    expect((await read(message)).status).toBe("failed");
  });

  it("of an older attempt, told while the next one is on its way, gives way to Meta's answer", async () => {
    const message = await send();
    const claim = await claimMessage(ctx.system, message.conversation_id);
    if (!claim) throw new Error("nothing was claimed");
    const report = {
      status: "failed",
      biz_opaque_callback_data: message.message_id,
      errors: [{ code: 131026 }],
    };
    await receiveWebhook(ctx, webhookBody("101", { statuses: [{ ...report, id: "wamid.older" }] }));
    await settleMessage(ctx.system, claim, { kind: "accepted", wamid: "wamid.newer" });
    expect(await read(message)).toMatchObject({
      status: "accepted",
      wamid: "wamid.newer",
      failed_at: null,
      error: null,
    });
  });

  it("that is answered and reported leaves a message waiting for what it was refused for", async () => {
    ctx.graph.plan(answering(400, 131056));
    const message = await send();
    await deliverEvents(ctx);
    expect((await read(message)).status).toBe("queued");
    const report = { id: "wamid.refused", status: "failed", errors: [{ code: 131056 }] };
    const statuses = [{ ...report, biz_opaque_callback_data: message.message_id }];
    await receiveWebhook(ctx, webhookBody("101", { statuses }));
    expect((await read(message)).status).toBe("queued");
  });
});

describe("a sender whose access was ended", () => {
  it.each([
    ["client", "clients set disabled_at = now() where id", "clients set disabled_at = null where id"],
    [
      "grant",
      "grants set revoked_at = now() where client_id",
      "grants set revoked_at = null where client_id",
    ],
    [
      "key",
      "api_keys set revoked_at = now() where client_id",
      "api_keys set revoked_at = null where client_id",
    ],
  ])("sends nothing more of what was queued: its %s", async (_, end, restore) => {
    const message = await send();
    await ctx.sql.unsafe(`update ${end} = '${tenants.ann.clientId}'`);
    await deliverEvents(ctx);
    await ctx.sql.unsafe(`update ${restore} = '${tenants.ann.clientId}'`);
    expect(await read(message)).toMatchObject({ status: "failed" });
    expect(ctx.graph.calls).toHaveLength(0);
  });
});

describe("the 24-hour window", () => {
  it("that was open when a message was queued and has closed since ends it, before Meta is asked", async () => {
    const to = someone();
    const from = to.slice(1);
    const at = new Date(ctx.clock.now().getTime() - 23 * HOUR_MS);
    await receiveWebhook(
      ctx,
      webhookBody("101", { messages: [textFrom(from, `wamid.in-${from}`, "hi", at)] }),
    );
    const message = await send(to);
    ctx.clock.advance(2 * HOUR_MS);
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(0);
    expect(await read(message)).toMatchObject({
      status: "failed",
      error: { code: 131047, advice: expect.stringContaining("template") as string },
    });
  });

  it("that was closed from the start is Meta's to judge", async () => {
    const message = await send();
    await deliverEvents(ctx);
    expect((await read(message)).status).toBe("accepted");
  });
});

describe("an ambiguous error", () => {
  it.each([
    [1, 400, 2],
    [131000, 500, 3],
    [2, 503, 5],
    [131016, 500, 5],
  ])(
    "(%i) is tried again after silence, a bounded number of times, and never blindly",
    async (code, status, limit) => {
      ctx.graph.plan(...Array.from({ length: 20 }, () => answering(status, code)));
      const message = await send();
      await deliverEvents(ctx);
      ctx.clock.advance(30_000);
      await deliverEvents(ctx);
      // Too early for silence to mean anything.
      expect(ctx.graph.calls).toHaveLength(1);
      await keepSilent();
      expect(ctx.graph.calls).toHaveLength(limit);
      expect(await read(message)).toMatchObject({ status: "unknown", error: { code } });
      while (ctx.graph.calls.length < 21)
        await ctx.graph.sendMessage({ phoneNumberId: "", accessToken: "", payload: {} });
    },
  );
});

describe("what get_message_status shows", () => {
  it("is the code, the reason and the advice, and nothing that Meta wrote freely", async () => {
    const words = "to +16505551234: my PIN";
    const body = {
      error: { code: 131026, message: words, error_user_title: words, error_data: { details: words } },
    };
    ctx.graph.plan(readSendResponse(400, JSON.stringify(body), new Headers()));
    const message = await send();
    await deliverEvents(ctx);
    const { structuredContent } = await callAs(ctx, tenants.ann, "get_message_status", {
      message_id: message.message_id,
    });
    expect(structuredContent).toMatchObject({ status: "failed" });
    const last = (structuredContent.history as { error?: unknown }[]).at(-1);
    expect(last).toMatchObject({
      error: {
        code: 131026,
        reason: "the message cannot be delivered to this person",
        advice: expect.stringContaining("Do not repeat it") as string,
      },
    });
    expect(JSON.stringify(structuredContent)).not.toContain("PIN");
  });
});

describe("the audit log", () => {
  it("leads from the call through Inngest's run to Graph's trace", async () => {
    const requestId = crypto.randomUUID();
    const answer = await callAs(
      ctx,
      tenants.ann,
      "send_message",
      { to: someone(), phone_number_id: "101", body: "hello" },
      { requestId },
    );
    const { message_id, conversation_id } = answer.structuredContent as unknown as SentMessage;
    const [event] = await ctx.sql`select data ->> 'request_id' as request_id from outbox`;
    expect(event).toEqual({ request_id: requestId });
    ctx.graph.plan({ kind: "accepted", wamid: `wamid.${lastDigits}`, traceId: "trace-1" });
    await sendNextMessage(ctx.system, conversation_id, "run-1");
    const rows = await ctx.sql`
      select action, request_id, detail from audit_log where message_id = ${message_id} order by id`;
    expect(rows.map(({ action, request_id }) => [action, request_id] as unknown)).toEqual([
      ["tool.send_message", requestId],
      ["message.accepted", requestId],
    ]);
    expect(rows[1]?.detail).toEqual({ attempt: 1, run_id: "run-1", fbtrace_id: "trace-1" });
    expect(await readHistory(ctx, message_id)).toEqual(["queued", "sending", "accepted"]);
  });
});
