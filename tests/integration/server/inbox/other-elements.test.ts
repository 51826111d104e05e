import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";
import { readInboxRow, receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { statusOf, textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const CANARY = "canary-9d1e";

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(
  () =>
    ctx.sql`truncate messages, message_events, conversations, contacts, changes, webhook_inbox, audit_log cascade`,
);

afterAll(() => ctx.close());

const metadata = { display_phone_number: "15550783881", phone_number_id: "101" };
const bodyOf = (field: string, value: Json): Json => ({
  entry: [{ id: "900", changes: [{ field, value: { metadata, ...value } }] }],
});
const text = (body: string, more: Json = {}): Json => ({
  ...textFrom(PERSON, `wamid.${(lastId += 1)}`, body, ctx.clock.now()),
  ...more,
});
const echo = (body: string, more: Json = {}): Json => ({
  ...text(body, { from: "15550783881", to: PERSON }),
  ...more,
});
const receiveEcho = (...message_echoes: Json[]) =>
  receiveWebhook(ctx, bodyOf("smb_message_echoes", { message_echoes }));
const see = async (): Promise<Json[]> =>
  (await callAs(ctx, tenants.ann, "get_messages")).structuredContent.messages as Json[];
const wait = async (cursor?: unknown): Promise<{ messages: Json[]; cursor: unknown }> => {
  const { structuredContent } = await callAs(ctx, tenants.ann, "wait_for_messages", {
    timeout_s: 0,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return structuredContent as { messages: Json[]; cursor: unknown };
};

describe("every type", () => {
  it.each(Object.entries(INBOUND_TYPES))(
    "%s is stored under its own type, as it came",
    async (_name, type) => {
      const message = { ...text(""), text: undefined, ...type };
      expect(await receiveWebhook(ctx, webhookBody("101", { messages: [message] }))).toMatchObject({
        state: "done",
        error: null,
      });
      const [row] = await ctx.sql`select type, content from messages`;
      expect(row).toEqual({ type: type.type, content: JSON.parse(JSON.stringify(message)) as unknown });
      expect((await see())[0]).toMatchObject({ type: type.type, direction: "inbound" });
    },
  );
});

describe("an echo", () => {
  it("is our own message of nobody's client, in the person's conversation, and wakes nobody", async () => {
    await receiveWebhook(ctx, webhookBody("101", { messages: [text("question")] }));
    const { cursor } = await wait();
    await receiveEcho(echo("answer"), echo("answer"));
    const again = echo("twice");
    await receiveEcho(again);
    await receiveEcho(again);
    const rows =
      await ctx.sql`select client_id, direction, status, type from messages where direction = 'outbound'`;
    expect([...rows]).toEqual(
      Array.from({ length: 3 }, () => ({
        client_id: null,
        direction: "outbound",
        status: "sent",
        type: "text",
      })),
    );
    expect(await ctx.sql`select id from conversations`).toHaveLength(1);
    expect((await wait(cursor)).messages).toEqual([]);
    expect((await see())[0]).toMatchObject({ direction: "outbound", body: "twice" });
  });

  it("answers what was unread before it, and not what came in after it", async () => {
    const before = new Date(ctx.clock.now().getTime() - 60_000);
    await receiveWebhook(
      ctx,
      webhookBody("101", { messages: [textFrom(PERSON, "wamid.q", "question", before)] }),
    );
    await receiveEcho(echo("answer"));
    expect((await wait()).messages).toEqual([]);
    ctx.clock.advance(60_000);
    await receiveWebhook(ctx, webhookBody("101", { messages: [text("thanks")] }));
    await receiveEcho({ ...echo("late"), timestamp: String(Math.floor(before.getTime() / 1000)) });
    expect((await wait()).messages).toMatchObject([{ untrusted_text: "thanks" }]);
  });

  it("opens a conversation with whom nobody wrote to before, by user id too", async () => {
    await receiveEcho(echo("hello", { to: undefined, to_user_id: "US.1" }));
    await receiveWebhook(
      ctx,
      webhookBody("101", { messages: [text("hi", { from: "", from_user_id: "US.1" })] }),
    );
    expect(await ctx.sql`select id from conversations where last_inbound_at is not null`).toHaveLength(1);
    expect(await ctx.sql`select id from conversations`).toHaveLength(1);
  });

  it("climbs with its statuses, also with those that came before it", async () => {
    const message = echo("hello");
    const id = String(message.id);
    await receiveWebhook(ctx, webhookBody("101", { statuses: [statusOf(id, "delivered", ctx.clock.now())] }));
    await receiveEcho(message);
    expect((await see())[0]).toMatchObject({ status: "delivered" });
    await receiveWebhook(ctx, webhookBody("101", { statuses: [statusOf(id, "read", ctx.clock.now())] }));
    expect((await see())[0]).toMatchObject({ status: "read" });
  });

  it("of what we sent ourselves is that message, also when it comes before Meta's answer", async () => {
    const { message_id, conversation_id } = await sendAs(ctx, tenants.ann, {
      to: `+${PERSON}`,
      body: "ours",
      phone_number_id: "101",
    });
    const message = echo("ours");
    const wamid = String(message.id);
    await receiveEcho(message);
    await receiveWebhook(
      ctx,
      webhookBody("101", { statuses: [statusOf(wamid, "delivered", ctx.clock.now())] }),
    );
    ctx.graph.plan({ kind: "accepted", wamid });
    await sendNextMessage(ctx.system, conversation_id);
    await receiveEcho(message);
    expect(await see()).toMatchObject([{ id: message_id, wamid, status: "delivered", body: "ours" }]);
    expect(
      ctx.graph.calls.filter(({ payload }) => JSON.stringify(payload).includes(message_id)),
    ).toHaveLength(1);
  });

  it("may edit or take back what the business wrote", async () => {
    const [first, second] = [echo("old"), echo("SECRET")];
    const message = { type: "text", text: { body: "new" } };
    await receiveEcho(first, second);
    await receiveEcho(
      echo("", { type: "edit", edit: { original_message_id: first.id, message } }),
      echo("", { type: "revoke", revoke: { original_message_id: second.id } }),
    );
    const seen = new Map((await see()).map((one) => [one.wamid, one]));
    expect(seen.get(first.id)).toMatchObject({ body: "new", edited: true });
    expect(seen.get(second.id)).toMatchObject({ revoked: true });
    expect(JSON.stringify([...seen.values()])).not.toContain("SECRET");
  });
});

describe("what another agent answers", () => {
  it("is kept where it belongs and marked, and wakes nobody", async () => {
    const { cursor } = await wait();
    await receiveWebhook(ctx, bodyOf("standby", { messages: [text("to the other")] }));
    expect((await wait(cursor)).messages).toEqual([]);
    expect((await wait()).messages).toEqual([]);
    expect(await see()).toMatchObject([{ untrusted_text: "to the other", standby: true }]);
    await receiveWebhook(ctx, webhookBody("101", { messages: [text("to us")] }));
    expect((await wait(cursor)).messages).toMatchObject([{ untrusted_text: "to us" }]);
    expect((await wait()).messages).toMatchObject([{ untrusted_text: "to us" }]);
    expect((await see())[0]).not.toHaveProperty("standby");
  });

  it("is a change of the conversation all the same", async () => {
    await receiveWebhook(ctx, bodyOf("standby", { standby: [text("nested")] }));
    expect([...(await ctx.sql`select kind, direction from changes`)]).toEqual([
      { kind: "status", direction: "inbound" },
    ]);
  });
});

describe("a person's wish", () => {
  it("is kept once, shown, and wakes nobody", async () => {
    const wish = { wa_id: PERSON, category: "marketing_messages", value: "stop", timestamp: 1_762_000_000 };
    for (let time = 0; time < 2; time += 1) {
      await receiveWebhook(ctx, bodyOf("user_preferences", { user_preferences: [wish] }));
      ctx.clock.advance(1_000);
    }
    await receiveWebhook(
      ctx,
      bodyOf("user_preferences", {
        user_preferences: [{ ...wish, value: "resume", timestamp: 1_762_000_001 }],
      }),
    );
    expect(await see()).toMatchObject([
      { type: "user_preferences", untrusted_content: { preference: { value: "resume" } } },
      { type: "user_preferences", untrusted_content: { preference: { value: "stop" } } },
    ]);
    expect((await wait()).messages).toEqual([]);
  });
});

describe("what is not for conversations", () => {
  it.each([
    "account_update",
    "message_template_status_update",
    "phone_number_quality_update",
    "security",
    "history",
    "x",
  ])("%s stays in the inbox", async (field) => {
    const row = await receiveWebhook(ctx, bodyOf(field, { event: "FLAGGED", history: [{ threads: [] }] }));
    expect(row).toMatchObject({ state: "done", error: null });
    expect(await ctx.sql`select id from messages`).toHaveLength(0);
  });

  it("a group's message stays in the inbox, and in no person's conversation", async () => {
    const messages = [text("to the group", { group_id: "g" }), text("to us")];
    expect(await receiveWebhook(ctx, webhookBody("101", { messages }))).toMatchObject({ state: "done" });
    expect(await see()).toMatchObject([{ untrusted_text: "to us" }]);
  });

  it("messages under a field that nobody knows are dead letters", async () => {
    const row = await receiveWebhook(ctx, bodyOf(`${CANARY}_field`, { messages: [text(CANARY)] }));
    expect(row.state).toBe("dead");
    expect(JSON.stringify(row.error)).not.toContain(CANARY);
  });

  it("an error of the account is a line in the audit log and in the log, with its code and none of its words", async () => {
    const errors = [{ code: "131035", title: CANARY, message: CANARY }, { code: CANARY }, { code: 131035 }];
    const row = await receiveWebhook(ctx, bodyOf("messages", { errors }));
    expect(row).toMatchObject({ state: "done", error: null });
    await ctx.sql`update webhook_inbox set state = 'received'`;
    await processInbox(ctx.system, [row.id]);
    expect(await readInboxRow(ctx, row.id)).toMatchObject({ state: "done" });
    const audit = await ctx.sql`select * from audit_log where action = 'webhook.error' order by error_code`;
    expect(audit.map(({ error_code }) => error_code as unknown)).toEqual(["131035", "131035", "unknown"]);
    expect(audit[0]).toMatchObject({
      actor: "system",
      outcome: "failed",
      phone_number_id: tenants.numbers.ann.id,
    });
    expect(ctx.logged.filter((line) => line.includes("131035"))).toHaveLength(2);
    expect(JSON.stringify([...audit, ...ctx.logged])).not.toContain(CANARY);
  });

  it("a message that names only the account reaches the account's only number, and no number of several", async () => {
    const body = (): Json => ({ entry: [{ id: "900", changes: [{ value: { messages: [text("hi")] } }] }] });
    expect((await receiveWebhook(ctx, body())).state).toBe("dead");
    await ctx.sql`update phone_numbers set waba_id = '901' where wa_phone_number_id <> '101'`;
    expect((await receiveWebhook(ctx, body())).state).toBe("done");
    await ctx.sql`update phone_numbers set waba_id = '900'`;
  });
});
