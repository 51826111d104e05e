import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook, type InboxRow } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const TO = { to: `+${PERSON}`, phone_number_id: "101" };

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext({ config: { pairRate: false, serviceWindow: true } });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate templates, messages, conversations, outbox, audit_log, webhook_inbox cascade`;
  ctx.graph.calls.length = 0;
  for (const [name, status, body] of [
    ["order_ready", "APPROVED", "Hello {{1}}"],
    ["paused_one", "PAUSED", "x"],
  ] as const) {
    const components = JSON.stringify([{ type: "BODY", text: body }]);
    await ctx.sql`
      insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
      values (${newId()}, '900', ${name}, ${name}, 'en', 'UTILITY', ${status}, ${components}::text::jsonb, now())`;
  }
});

afterAll(() => ctx.close());

const write = (at = ctx.clock.now()) =>
  receiveWebhook(
    ctx,
    webhookBody("101", { messages: [textFrom(PERSON, `wamid.in-${(lastId += 1)}`, "hi", at)] }),
  );
const send = (args: Record<string, unknown> = {}) => sendAs(ctx, tenants.ann, { ...TO, ...args });
const refusal = async (tool: string, args: Record<string, unknown>) =>
  errorOf(await callAs(ctx, tenants.ann, tool, { ...TO, ...args }));

describe("a closed window", () => {
  it.each([
    ["send_message", { body: "hello" }],
    ["send_location", { latitude: 1, longitude: 2 }],
    ["send_media", { type: "image", url: "https://example.com/a.png" }],
    ["send_contacts", { contacts: [{ name: { formatted_name: "Ada" } }] }],
    ["send_interactive", { type: "location_request", body: "Where?" }],
  ])("refuses %s before anything is stored, and names what may be sent instead", async (tool, args) => {
    const error = await refusal(tool, args);
    expect(error).toMatchObject({
      code: "window_closed",
      details: {
        window: { open: false, closes_at: null },
        templates: [{ name: "order_ready", language: "en", params: { body: ["1"] } }],
      },
    });
    expect(await ctx.sql`select id from messages`).toEqual([]);
  });

  it("refuses a reaction", async () => {
    await write();
    const [row] = await ctx.sql<[{ id: string }]>`select id from messages`;
    ctx.clock.advance(DAY_MS);
    const error = await refusal("send_reaction", { message_id: row.id, emoji: "👍" });
    expect(error.code).toBe("window_closed");
  });

  it("lets a template through, whose answer says that it is closed", async () => {
    const args = { ...TO, name: "order_ready", language: "en", body: ["Ada"] };
    const answer = await callAs(ctx, tenants.ann, "send_template", args);
    expect(answer.structuredContent).toMatchObject({ status: "queued", window: { open: false } });
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(1);
  });
});

describe("an open window", () => {
  it("is open for 24 hours from the person's message and no longer", async () => {
    await write();
    expect((await send()).window).toMatchObject({ open: true });
    // Meta tells whole seconds, and what is on its way when the window closes comes too late.
    ctx.clock.advance(DAY_MS - 61_000);
    const { conversation_id, window } = await send();
    expect(window.open).toBe(true);
    ctx.clock.advance(1_000);
    expect(await refusal("send_message", { body: "late" })).toMatchObject({
      code: "window_closed",
      message: expect.stringContaining("within a minute") as string,
    });
    const shown = await callAs(ctx, tenants.ann, "get_conversation", { conversation_id });
    expect(shown.structuredContent.window).toEqual({ open: false, closes_at: window.closes_at });
  });

  it("that closes within a minute is taken for closed when it comes to sending", async () => {
    await write();
    ctx.clock.advance(DAY_MS - 61_000);
    const { message_id } = await send();
    ctx.clock.advance(2_000);
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toEqual([]);
    expect(await readMessage(ctx, message_id)).toMatchObject({
      status: "failed",
      error: { code: 131047, advice: expect.stringContaining("list_templates") as string },
    });
  });

  it.each([
    ["a poll", { type: "unsupported", errors: [{ code: 131051 }], unsupported: { type: "poll_creation" } }],
    ["what an older form calls unknown", { type: "unknown", errors: [{ code: "131051" }] }],
    ["a message without a reason", { type: "unsupported" }],
  ])("is opened by what nobody can read: %s", async (_, told) => {
    await receiveUnreadable(told);
    expect((await send()).window.open).toBe(true);
  });

  it.each([
    ["a message that is still to come", { type: "unsupported", errors: [{ code: 131060 }] }],
    ["the same by its older name", { type: "unknown", errors: [{ code: "131060" }] }],
    ["an edit", { type: "unsupported", unsupported: { type: "edit" } }],
  ])("is not opened by %s", async (_, told) => {
    await receiveUnreadable(told);
    expect((await refusal("send_message", { body: "x" })).code).toBe("window_closed");
  });

  it("is opened by a person's call, and by no other news of one", async () => {
    await receiveCall({ event: "connect", direction: "BUSINESS_INITIATED" });
    await receiveCall({ event: "terminate", direction: "USER_INITIATED" });
    expect((await refusal("send_message", { body: "x" })).code).toBe("window_closed");
    const called = await receiveCall({ event: "connect", direction: "USER_INITIATED" });
    expect(called).toMatchObject({ state: "done", error: null });
    expect((await send()).window.open).toBe(true);
    const page = await callAs(ctx, tenants.ann, "list_conversations", { phone_number_id: "101" });
    expect(page.structuredContent.conversations).toMatchObject([{ unread: 0 }]);
    ctx.clock.advance(DAY_MS);
    await receiveCall({ event: "connect", from: undefined, from_user_id: "US.7" });
    expect(await ctx.sql`select id from conversations`).toHaveLength(2);
  });
});

async function receiveUnreadable(told: Json): Promise<void> {
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
  const message = { from: PERSON, id: `wamid.in-${(lastId += 1)}`, timestamp, ...told };
  await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
}

async function receiveCall(told: Json): Promise<InboxRow> {
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
  const call = {
    id: `wacid.${(lastId += 1)}`,
    from: PERSON,
    direction: "USER_INITIATED",
    timestamp,
    ...told,
  };
  const value = { metadata: { phone_number_id: "101" }, calls: [call] };
  return receiveWebhook(ctx, { entry: [{ id: "900", changes: [{ field: "calls", value }] }] });
}
