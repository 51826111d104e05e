import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterAll(() => ctx.close());

const bodyOf = (...statuses: Json[]): Json => webhookBody("101", { statuses });
const queue = () => sendAs(ctx, tenants.ann, { to: `+${(lastDigits += 1)}`, phone_number_id: "101" });

/** A message that Meta has taken. */
async function sendAccepted(): Promise<{ id: string; wamid: string }> {
  const { message_id: id } = await queue();
  await deliverEvents(ctx);
  const { status, wamid } = await readMessage(ctx, id);
  expect(status).toBe("accepted");
  return { id, wamid: wamid ?? "" };
}

/** Reports statuses in this order, each with a body of its own and one second after the other by Meta's time. */
async function report(wamid: string, ...statuses: string[]): Promise<void> {
  const start = ctx.clock.now().getTime() - 60_000;
  for (const [index, status] of statuses.entries()) {
    await receiveWebhook(
      ctx,
      bodyOf(statusOf(wamid, status, new Date(start + index * 1000), errorsOf(status))),
    );
  }
}

const errorsOf = (status: string): Json =>
  status === "failed" ? { errors: [{ code: 131026, title: "Message undeliverable" }] } : {};

describe("a status", () => {
  it("moves the message up and is kept with its time", async () => {
    const { id, wamid } = await sendAccepted();
    await report(wamid, "sent", "delivered", "read");
    const message = await readMessage(ctx, id);
    expect(message).toMatchObject({ status: "read", error: null });
    const times = [message.sent_at, message.delivered_at, message.read_at].map((at) => at?.getTime() ?? 0);
    expect(times).toEqual([times[0], (times[0] ?? 0) + 1000, (times[0] ?? 0) + 2000]);
    expect(await readHistory(ctx, id)).toEqual([
      "queued",
      "sending",
      "accepted",
      "sent",
      "delivered",
      "read",
    ]);
  });

  it("delivered twice, and handled at once, is one event", async () => {
    const { id, wamid } = await sendAccepted();
    const body = bodyOf(statusOf(wamid, "sent", ctx.clock.now()));
    const ids = await Promise.all(Array.from({ length: 6 }, () => storeBody(ctx, body)));
    await Promise.all(ids.map((inboxId) => processInbox(ctx.system, [inboxId])));
    expect(await readHistory(ctx, id)).toEqual(["queued", "sending", "accepted", "sent"]);
  });

  it.each([
    ["read, delivered, sent", "read", null],
    ["delivered, sent", "delivered", null],
    ["sent, sent", "sent", null],
    ["delivered, failed", "delivered", 131026],
    ["read, failed", "read", 131026],
    ["failed, delivered", "delivered", 131026],
    ["failed, sent", "failed", 131026],
    ["sent, failed", "failed", 131026],
  ])("in the order %s leaves the message %s", async (order, expected, code) => {
    const { id, wamid } = await sendAccepted();
    await report(wamid, ...order.split(", "));
    const { status, error } = await readMessage(ctx, id);
    expect({ status, code: error?.code ?? null }).toEqual({ status: expected, code });
  });

  it("of the future is dated to its receipt", async () => {
    const { id, wamid } = await sendAccepted();
    const future = new Date(ctx.clock.now().getTime() + 3_600_000);
    await receiveWebhook(ctx, bodyOf(statusOf(wamid, "sent", future)));
    expect((await readMessage(ctx, id)).sent_at).toEqual(ctx.clock.now());
  });

  it("of a message that nobody here sent stays parked", async () => {
    const row = await receiveWebhook(ctx, bodyOf(statusOf("wamid.nobody", "sent", ctx.clock.now())));
    expect(row.state).toBe("done");
    const events = await ctx.sql`select message_id, status from message_events where wamid = 'wamid.nobody'`;
    expect([...events]).toEqual([{ message_id: null, status: "sent" }]);
  });

  it("that came before anybody knew whose it is, is the message's as soon as Meta's id is known", async () => {
    const wamid = "wamid.parked-first";
    await report(wamid, "sent", "delivered");
    ctx.graph.plan({ kind: "accepted", wamid });
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    const message = await readMessage(ctx, id);
    expect(message).toMatchObject({ status: "delivered", wamid, accepted_at: ctx.clock.now() });
    expect(message.sent_at).not.toBeNull();
    expect((await readHistory(ctx, id)).toSorted()).toEqual(
      ["accepted", "delivered", "queued", "sending", "sent"].toSorted(),
    );
  });

  it("with another number's message, by its id or by ours, is not that message's", async () => {
    const { id, wamid } = await sendAccepted();
    const more = { biz_opaque_callback_data: id };
    await receiveWebhook(
      ctx,
      webhookBody("102", { statuses: [statusOf(wamid, "read", ctx.clock.now(), more)] }),
    );
    expect((await readMessage(ctx, id)).status).toBe("accepted");
  });

  it.each(["not a uuid", "", "' or 1=1 --", "0191c1f0-0000-7000-8000-000000000000"])(
    "that carries %j, which is no id of ours, is found by Meta's id",
    async (callbackId) => {
      const { id, wamid } = await sendAccepted();
      const more = { biz_opaque_callback_data: callbackId };
      await receiveWebhook(ctx, bodyOf(statusOf(wamid, "sent", ctx.clock.now(), more)));
      expect((await readMessage(ctx, id)).status).toBe("sent");
    },
  );
});

describe("a status that carries our id", () => {
  const ours = (id: string, wamid: string, status: string): Json =>
    bodyOf(statusOf(wamid, status, ctx.clock.now(), { biz_opaque_callback_data: id }));

  it("is the message's while our own answer is still on its way, which then changes nothing", async () => {
    let answer = (_outcome: SendOutcome): void => {};
    ctx.graph.plan(new Promise<SendOutcome>((resolve) => (answer = resolve)));
    const { message_id: id, conversation_id } = await queue();
    const callCount = ctx.graph.calls.length;
    const sending = sendNextMessage(ctx.system, conversation_id);
    await eventually(() => expect(ctx.graph.calls.length).toBe(callCount + 1));
    await receiveWebhook(ctx, ours(id, "wamid.early", "delivered"));
    expect(await readMessage(ctx, id)).toMatchObject({ status: "delivered", wamid: "wamid.early" });
    answer({ kind: "accepted", wamid: "wamid.early" });
    await sending;
    const message = await readMessage(ctx, id);
    expect(message).toMatchObject({ status: "delivered", wamid: "wamid.early" });
    expect(message.accepted_at).not.toBeNull();
  });

  it("gives an uncertain message its id and ends the uncertainty", async () => {
    ctx.graph.plan(failing("uncertain"));
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    expect(await readMessage(ctx, id)).toMatchObject({ status: "sending", uncertain_at: ctx.clock.now() });
    await receiveWebhook(ctx, ours(id, "wamid.adopted", "sent"));
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "sent",
      wamid: "wamid.adopted",
      uncertain_at: null,
      error: null,
    });
    expect(await settleUncertain(ctx.system, id)).toEqual({ outcome: "settled" });
    // From now on Meta's id is enough.
    await report("wamid.adopted", "delivered");
    expect((await readMessage(ctx, id)).status).toBe("delivered");
  });

  it("fails an uncertain message that Meta refused after all", async () => {
    ctx.graph.plan(failing("uncertain"));
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    const failed = statusOf("wamid.f", "failed", ctx.clock.now(), {
      ...errorsOf("failed"),
      biz_opaque_callback_data: id,
    });
    await receiveWebhook(ctx, bodyOf(failed));
    expect(await readMessage(ctx, id)).toMatchObject({ status: "failed", uncertain_at: null });
  });

  it("corrects a message that was given up as unknown", async () => {
    ctx.graph.plan(failing("uncertain"));
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    ctx.clock.advance(16 * 60_000);
    await settleUncertain(ctx.system, id);
    expect((await readMessage(ctx, id)).status).toBe("unknown");
    await receiveWebhook(ctx, ours(id, "wamid.late", "read"));
    expect(await readMessage(ctx, id)).toMatchObject({ status: "read", wamid: "wamid.late" });
  });

  it("but a value that nobody knows proves that Meta took the message, which does not stay on its way", async () => {
    ctx.graph.plan(failing("uncertain"));
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    await receiveWebhook(ctx, ours(id, "wamid.odd", "teleported"));
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "accepted",
      wamid: "wamid.odd",
      uncertain_at: null,
    });
  });
});
