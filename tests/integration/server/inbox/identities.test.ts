import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const [OLD, NEW] = ["16505551111", "16505552222"];
const [FIRST, SECOND, THIRD] = ["US.1", "US.2", "US.3"];

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(
  () => ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox, audit_log cascade`,
);

afterAll(() => ctx.close());

interface Names {
  readonly from?: string;
  readonly from_user_id?: string;
}

/** Receives a message so many minutes after the first, and tells in whose conversation it is. */
async function receive(minute: number, names: Names, more: Json = {}): Promise<string> {
  const at = new Date(ctx.clock.now().getTime() - (100 - minute) * 60_000);
  const { from: _, ...message } = textFrom("", `wamid.${(lastId += 1)}`, `minute ${minute}`, at);
  const body = webhookBody("101", { messages: [{ ...message, ...names, ...more }] });
  expect(await receiveWebhook(ctx, body)).toMatchObject({ state: "done", error: null });
  return conversationOf(`wamid.${lastId}`);
}

async function conversationOf(wamid: string): Promise<string> {
  const [row] = await ctx.sql<[{ conversation_id: string }]>`
    select conversation_id from messages where wamid = ${wamid}`;
  return row.conversation_id;
}

const changed = (type: string, system: Json): Json => ({
  type: "system",
  text: undefined,
  system: { type, ...system },
});
const changedNumber = (minute: number, from = OLD, to = NEW) =>
  receive(minute, { from }, changed("user_changed_number", { body: "changed", wa_id: to }));
const changedUserId = (minute: number, from = FIRST, to = SECOND) =>
  receive(minute, {}, changed("user_changed_user_id", { previous_user_id: from, user_id: to }));
const conflicts = () => ctx.sql`select message_id from audit_log where action = 'contact.conflict'`;

async function addressOf(conversation_id: string): Promise<unknown> {
  const [row] = await ctx.sql`select contact_id from conversations where id = ${conversation_id}`;
  await sendAs(ctx, tenants.ann, { to: String(row?.contact_id), phone_number_id: "101" });
  await sendNextMessage(ctx.system, conversation_id);
  const { to, recipient } = ctx.graph.calls.at(-1)?.payload ?? {};
  return to ?? recipient;
}

describe("a person without a phone number", () => {
  it("is known by the user id alone, and is answered under it", async () => {
    const conversation = await receive(0, { from_user_id: FIRST });
    expect(await receive(1, { from: "", from_user_id: FIRST })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(FIRST);
  });

  it("keeps the conversation when the number turns up later", async () => {
    const conversation = await receive(0, { from_user_id: FIRST });
    expect(await receive(1, { from: OLD, from_user_id: FIRST })).toBe(conversation);
    expect(await receive(2, { from: OLD })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(`+${OLD}`);
  });
});

describe("a changed phone number", () => {
  it("keeps the contact and the conversation, which is answered at the new number", async () => {
    const conversation = await receive(0, { from: OLD });
    expect(await changedNumber(10)).toBe(conversation);
    expect(await receive(20, { from: NEW })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(`+${NEW}`);
    const { structuredContent } = await callAs(ctx, tenants.ann, "get_messages", { contact: `+${OLD}` });
    expect(structuredContent.messages).toHaveLength(4);
  });

  it("leads whoever has the old number then into a conversation of their own", async () => {
    const conversation = await receive(0, { from: OLD });
    await changedNumber(10);
    const stranger = await receive(30, { from: OLD });
    expect(stranger).not.toBe(conversation);
    expect(await receive(31, { from: NEW })).toBe(conversation);
    expect(await receive(32, { from: OLD })).toBe(stranger);
    expect(await addressOf(stranger)).toBe(`+${OLD}`);
    const { conversation_id } = await sendAs(ctx, tenants.ann, { to: `+${OLD}`, phone_number_id: "101" });
    expect(conversation_id).toBe(stranger);
  });

  it("does not lead what the person wrote before it, and came late, to anybody else", async () => {
    const conversation = await receive(0, { from: OLD });
    await changedNumber(10);
    expect(await receive(5, { from: OLD })).toBe(conversation);
    expect(await receive(30, { from: OLD })).not.toBe(conversation);
  });

  it("is a stranger's under the old number also for whoever writes there first", async () => {
    const conversation = await receive(0, { from: OLD });
    await changedNumber(10);
    const { conversation_id } = await sendAs(ctx, tenants.ann, { to: `+${OLD}`, phone_number_id: "101" });
    expect(conversation_id).not.toBe(conversation);
    expect(await receive(30, { from: OLD, from_user_id: THIRD })).toBe(conversation_id);
  });

  it("delivered again, even after the next change, changes nothing more", async () => {
    const third = "16505553333";
    await receive(0, { from: OLD, from_user_id: FIRST });
    const conversation = await changedNumber(10);
    const wamid = `wamid.${lastId}`;
    await changedNumber(20, NEW, third);
    const at = String(Math.floor((ctx.clock.now().getTime() - 90 * 60_000) / 1000));
    const again = { id: wamid, timestamp: at, from: OLD, ...changed("user_changed_number", { wa_id: NEW }) };
    await receiveWebhook(ctx, webhookBody("101", { messages: [{ ...again, from_user_id: FIRST }] }));
    expect(await receive(30, { from: third })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(`+${third}`);
  });

  it("that already is somebody else's leaves both as they are known, and says so", async () => {
    const conversation = await receive(0, { from: OLD });
    const other = await receive(1, { from: NEW });
    expect(await changedNumber(10)).toBe(conversation);
    expect(await receive(20, { from: NEW })).toBe(other);
    expect(await conflicts()).toHaveLength(1);
    // The old number may be a stranger's by now.
    expect(await receive(30, { from: OLD })).not.toBe(conversation);
  });

  it("of somebody who never wrote is learnt", async () => {
    const conversation = await changedNumber(0);
    expect(await receive(1, { from: NEW })).toBe(conversation);
    expect(await conflicts()).toHaveLength(0);
  });
});

describe("a changed user id", () => {
  it("keeps the contact and the conversation", async () => {
    const conversation = await receive(0, { from: OLD, from_user_id: FIRST });
    expect(await changedUserId(10)).toBe(conversation);
    expect(await receive(20, { from_user_id: SECOND })).toBe(conversation);
    expect(await receive(21, { from: NEW, from_user_id: SECOND })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(`+${NEW}`);
  });

  it("means another phone number, so that the old one is answered no more, until it is seen again", async () => {
    const conversation = await receive(0, { from: OLD, from_user_id: FIRST });
    await changedUserId(10);
    expect(await addressOf(conversation)).toBe(SECOND);
    expect(await receive(20, { from: OLD, from_user_id: SECOND })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(`+${OLD}`);
  });

  it("leads whoever has the old number then into a conversation of their own", async () => {
    const conversation = await receive(0, { from: OLD, from_user_id: FIRST });
    await changedUserId(10);
    const stranger = await receive(20, { from: OLD, from_user_id: THIRD });
    expect(stranger).not.toBe(conversation);
    expect(await receive(21, { from_user_id: SECOND })).toBe(conversation);
    expect(await receive(5, { from: OLD, from_user_id: FIRST })).toBe(conversation);
  });
});

describe("a phone number with another user id", () => {
  it("is somebody else's, though nobody said that it was given away", async () => {
    const conversation = await receive(0, { from: OLD, from_user_id: FIRST });
    const stranger = await receive(10, { from: OLD, from_user_id: SECOND });
    expect(stranger).not.toBe(conversation);
    expect(await receive(11, { from: OLD })).toBe(stranger);
    expect(await receive(12, { from_user_id: FIRST })).toBe(conversation);
    expect(await addressOf(conversation)).toBe(FIRST);
    expect(await addressOf(stranger)).toBe(`+${OLD}`);
  });

  it("makes one contact of 20 messages that arrive at once", async () => {
    await receive(0, { from: OLD, from_user_id: FIRST });
    const at = ctx.clock.now();
    const bodies = Array.from({ length: 20 }, (_, index) => {
      const message = { ...textFrom(OLD, `wamid.s${index}`, "hello", at), from_user_id: SECOND };
      return webhookBody("101", { messages: [message] });
    });
    await Promise.all(bodies.map((body) => receiveWebhook(ctx, body)));
    const rows = await ctx.sql`
      select conversation_id, count(*)::int as count from messages where wamid like 'wamid.s%' group by 1`;
    expect(rows).toMatchObject([{ count: 20 }]);
  });
});

describe("a changed security code", () => {
  it("is kept as a message, and changes no name", async () => {
    const conversation = await receive(0, { from: OLD });
    const system = changed("customer_identity_changed", {
      customer: OLD,
      identity: "hash",
      body: "new code",
    });
    expect(await receive(1, {}, system)).toBe(conversation);
    expect(await receive(2, { from: OLD })).toBe(conversation);
  });
});
