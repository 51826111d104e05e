import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const TO = { to: `+${PERSON}`, phone_number_id: "101" };

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext({ config: { pairRate: false, serviceWindow: true } });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, conversations, outbox, audit_log, webhook_inbox cascade`;
  ctx.clock.advance(10_000);
  await write();
});

afterAll(() => ctx.close());

async function write(): Promise<void> {
  const message = textFrom(PERSON, `wamid.in-${(lastId += 1)}`, "hi", ctx.clock.now());
  await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
}

/** Sends a message a while later. */
async function send(): Promise<SentMessage> {
  ctx.clock.advance(10_000);
  const sent = await sendAs(ctx, tenants.ann, TO);
  await deliverEvents(ctx);
  return sent;
}

/** Has Meta refuse the next message at once. */
async function sendRefused(): Promise<SentMessage> {
  ctx.graph.plan(failing("failed", 131047));
  return send();
}

/** Has Meta report later that it refused a message. */
async function report({ message_id }: SentMessage): Promise<void> {
  const { wamid } = await readMessage(ctx, message_id);
  ctx.clock.advance(10_000);
  const status = statusOf(String(wamid), "failed", ctx.clock.now(), { errors: [{ code: 131047 }] });
  await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
}

async function arrive({ message_id }: SentMessage, word: string): Promise<void> {
  const { wamid } = await readMessage(ctx, message_id);
  const status = statusOf(String(wamid), word, ctx.clock.now());
  await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
}

const refusal = async () => errorOf(await callAs(ctx, tenants.ann, "send_message", { ...TO, body: "again" }));
const conversation = async (): Promise<Record<string, unknown>> => {
  const page = await callAs(ctx, tenants.ann, "list_conversations", { phone_number_id: "101" });
  const [shown] = page.structuredContent.conversations as Record<string, unknown>[];
  const { conversation_id } = shown ?? {};
  return (await callAs(ctx, tenants.ann, "get_conversation", { conversation_id })).structuredContent;
};

describe("a window that Meta calls closed while it should be open", () => {
  it("stays open after one refusal, because Meta refuses wrongly at times and a resend works", async () => {
    await sendRefused();
    const { message_id, window } = await send();
    expect(window.open).toBe(true);
    expect((await readMessage(ctx, message_id)).status).toBe("accepted");
  });

  it("is closed by the refusal of the resend, until the person writes again", async () => {
    await sendRefused();
    await sendRefused();
    const error = await refusal();
    expect(error).toMatchObject({
      code: "window_closed",
      message: expect.stringContaining("WhatsApp says") as string,
    });
    const { window } = await conversation();
    expect(window).toEqual((error.details as { window: unknown }).window);
    expect(window).toMatchObject({ open: false });
    const [row] = await ctx.sql`select last_inbound_at from conversations`;
    expect(row?.last_inbound_at).not.toBeNull();
    ctx.clock.advance(5_000);
    await write();
    expect(await conversation()).toMatchObject({ unread: 1, window: { open: true } });
    expect((await send()).window.open).toBe(true);
  });

  it("is closed by statuses that come later, too", async () => {
    await report(await send());
    const resent = await send();
    expect(resent.window.open).toBe(true);
    await report(resent);
    expect((await refusal()).code).toBe("window_closed");
  });

  it("is not closed by two that left before either was refused, nor by what is said twice of one", async () => {
    const [first, second] = [await send(), await send()];
    await report(first);
    await report(first);
    await report(second);
    expect((await send()).window.open).toBe(true);
  });

  it.each(["delivered", "read", "played"])(
    "counts from the start after a message that was %s",
    async (word) => {
      await sendRefused();
      const sent = await send();
      await arrive(sent, word);
      await sendRefused();
      expect((await send()).window.open).toBe(true);
    },
  );

  it("is open again when what left after the closing refusal arrives", async () => {
    const [first, second] = [await send(), await send()];
    await report(first);
    await report(await send());
    expect((await refusal()).code).toBe("window_closed");
    await arrive(second, "delivered");
    expect((await refusal()).code).toBe("window_closed");
    await ctx.sql`update messages set attempted_at = ${ctx.clock.now()} where id = ${second.message_id}`;
    await arrive(second, "read");
    expect((await send()).window.open).toBe(true);
  });

  it("is as closed as before for a template that arrives", async () => {
    await sendRefused();
    const sent = await send();
    await ctx.sql`update messages set type = 'template' where id = ${sent.message_id}`;
    await arrive(sent, "delivered");
    await sendRefused();
    expect((await refusal()).code).toBe("window_closed");
  });

  it("is not closed by what left within the second in which the person wrote", async () => {
    const [row] = await ctx.sql<[{ at: Date }]>`select last_inbound_at as at from conversations`;
    const leftAt = new Date(row.at.getTime() + 999);
    const closed = { window_refused_at: row.at, window_closed_at: leftAt };
    await ctx.sql`update conversations set ${ctx.sql(closed)}`;
    expect((await send()).window.open).toBe(true);
    await sendRefused();
    expect((await send()).window.open).toBe(true);
  });

  it("stays open where the person has written since the message left", async () => {
    const [first, second] = [await send(), await send()];
    ctx.clock.advance(1_000);
    await write();
    await report(first);
    await report(second);
    await sendRefused();
    expect((await send()).window.open).toBe(true);
  });
});
