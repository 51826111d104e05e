import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { readInboxRow, receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";
import { processInbox } from "#server/utils/inbox/process-inbox";

const PERSON = "16505551234";
const NUMBER = "101";

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(() => ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox cascade`);

afterAll(() => ctx.close());

const newWamid = (): string => `wamid.${(lastId += 1)}`;
const text = (body: string, more: Json = {}): Json => ({
  ...textFrom(PERSON, newWamid(), body, ctx.clock.now()),
  ...more,
});
const contacts = [{ wa_id: PERSON, profile: { name: "Pat" } }];
const bodyOf = (...messages: unknown[]): Json => webhookBody(NUMBER, { contacts, messages });

interface StoredMessage {
  wamid: string;
  type: string;
  text: string | null;
  content: Json;
  occurred_at: Date;
}

const readMessages = () =>
  ctx.sql<StoredMessage[]>`select wamid, type, text, content, occurred_at from messages order by id`;
const texts = async (): Promise<(string | null)[]> => (await readMessages()).map((row) => row.text);

async function readConversation() {
  const [row] = await ctx.sql<[{ unread: number; last_inbound_at: Date | null; last_message_at: Date }]>`
    select unread_count as unread, last_inbound_at, last_message_at from conversations`;
  return row;
}

describe("a message from a person", () => {
  it("is stored with its author and its conversation, which goes to the number's default client", async () => {
    const message = text("hello");
    expect(await receiveWebhook(ctx, bodyOf(message))).toMatchObject({ state: "done", error: null });
    const [row] = await readMessages();
    expect(row).toMatchObject({ wamid: message.id, type: "text", text: "hello", content: message });
    const [owner] = await ctx.sql`select owner_client_id from conversations`;
    expect(owner).toEqual({ owner_client_id: tenants.ann.clientId });
    const answer = await callAs(ctx, tenants.ann, "get_messages");
    expect(answer.structuredContent.messages).toMatchObject([
      { direction: "inbound", untrusted_text: "hello", untrusted_sender_name: "Pat", status: "received" },
    ]);
    expect(await readConversation()).toMatchObject({ unread: 1 });
  });

  it("is stored once, however often its body is delivered, handled and handled at once", async () => {
    const body = bodyOf(text("once"));
    const ids = await Promise.all(Array.from({ length: 8 }, () => storeBody(ctx, body)));
    await Promise.all([...ids, ...ids].map((id) => processInbox(ctx.system, [id])));
    expect(await texts()).toEqual(["once"]);
    expect(await readConversation()).toMatchObject({ unread: 1 });
    expect(await ctx.sql`select seq from changes`).toHaveLength(1);
  });

  it("is stored once when one body names it twice", async () => {
    const message = text("twice");
    await receiveWebhook(ctx, webhookBody(NUMBER, { messages: [message, message] }, { messages: [message] }));
    expect(await texts()).toEqual(["twice"]);
  });

  it("is handled by one of two processes that try the same bodies at once", async () => {
    const ids = await Promise.all(["a", "b", "c"].map((word) => storeBody(ctx, bodyOf(text(word)))));
    const counts = await Promise.all([processInbox(ctx.system, ids), processInbox(ctx.system, ids)]);
    expect(counts[0] + counts[1]).toBe(3);
    expect((await texts()).toSorted()).toEqual(["a", "b", "c"]);
    for (const id of ids) expect(await readInboxRow(ctx, id)).toMatchObject({ state: "done", attempts: 1 });
  });

  it("with the same id on two numbers is two messages", async () => {
    const message = text("both sides");
    await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
    await receiveWebhook(ctx, webhookBody("102", { messages: [message] }));
    expect(await texts()).toEqual(["both sides", "both sides"]);
  });

  it("of a type that nobody knows is kept as it came, under its own type", async () => {
    const message = { ...text(""), type: "hologram", hologram: { depth: 3 }, text: undefined };
    await receiveWebhook(ctx, bodyOf(message));
    expect((await readMessages())[0]).toMatchObject({
      type: "hologram",
      content: { hologram: { depth: 3 } },
    });
    const answer = await callAs(ctx, tenants.ann, "get_messages");
    expect(answer.structuredContent.messages).toMatchObject([{ type: "hologram" }]);
  });

  it("with U+0000 and lone surrogates is stored with replacement characters", async () => {
    const message = text("a\u0000b\uD800c", { strange: { "k\u0000": "\uDC00" } });
    expect(await receiveWebhook(ctx, bodyOf(message))).toMatchObject({ state: "done" });
    expect((await readMessages())[0]).toMatchObject({
      text: "a\uFFFDb\uFFFDc",
      content: { strange: { "k\uFFFD": "\uFFFD" } },
    });
  });

  it("that claims to come from the future is dated to its receipt", async () => {
    const future = new Date(ctx.clock.now().getTime() + 48 * 3_600_000);
    await receiveWebhook(ctx, bodyOf(textFrom(PERSON, newWamid(), "later", future)));
    expect((await readMessages())[0]?.occurred_at).toEqual(ctx.clock.now());
    expect(await readConversation()).toMatchObject({ last_inbound_at: ctx.clock.now() });
  });

  it("that comes late does not move the conversation back", async () => {
    const old = new Date(ctx.clock.now().getTime() - 3_600_000);
    await receiveWebhook(ctx, bodyOf(text("new")));
    const before = await readConversation();
    await receiveWebhook(ctx, bodyOf(textFrom(PERSON, newWamid(), "old", old)));
    expect(await readConversation()).toEqual({ ...before, unread: 2 });
  });

  it("that only reacts does not open the window", async () => {
    const reaction = { ...text(""), type: "reaction", reaction: { message_id: "wamid.x", emoji: "👍" } };
    await receiveWebhook(ctx, bodyOf(reaction));
    expect(await readConversation()).toMatchObject({ last_inbound_at: null, unread: 1 });
  });
});

describe("a ghost", () => {
  const ghostOf = (message: Json): Json => ({
    ...message,
    type: "unsupported",
    text: undefined,
    errors: [{ code: 131060, title: "This message is currently unavailable." }],
  });

  it("gives its place to the real message, once", async () => {
    const message = text("real");
    await receiveWebhook(ctx, bodyOf(ghostOf(message)));
    expect((await readMessages())[0]).toMatchObject({ type: "unsupported", text: null });
    await receiveWebhook(ctx, bodyOf(message));
    await receiveWebhook(ctx, bodyOf({ ...message, text: { body: "forged" } }));
    expect(await readMessages()).toMatchObject([{ type: "text", text: "real", wamid: message.id }]);
    expect(await readConversation()).toMatchObject({ unread: 1 });
  });

  it("never takes the place of the real message", async () => {
    const message = text("real");
    await receiveWebhook(ctx, bodyOf(message));
    await receiveWebhook(ctx, bodyOf(ghostOf(message)));
    expect(await readMessages()).toMatchObject([{ type: "text", text: "real" }]);
  });

  it("and its message, delivered at once and twice, make one real message", async () => {
    const message = text("real");
    const bodies = [ghostOf(message), message, ghostOf(message), message].map((one) => bodyOf(one));
    const ids = await Promise.all(bodies.map((body) => storeBody(ctx, body)));
    await Promise.all(ids.map((id) => processInbox(ctx.system, [id])));
    expect(await readMessages()).toMatchObject([{ type: "text", text: "real" }]);
  });

  it("in any order and repetition with its message is one message, and the real one once it was there", async () => {
    const deliveries = fc.array(fc.constantFrom("ghost", "unknown", "real", "forged"), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async (list) => {
        await ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox cascade`;
        const message = text("real");
        const kinds: Record<string, Json> = {
          ghost: ghostOf(message),
          unknown: { ...ghostOf(message), type: "unknown" },
          real: message,
          forged: { ...message, text: { body: "forged" } },
        };
        for (const kind of list) await receiveWebhook(ctx, bodyOf(kinds[kind]));
        const first = list.find((kind) => kind === "real" || kind === "forged");
        const [row, ...others] = await readMessages();
        expect(others).toEqual([]);
        expect(row?.text).toBe(first ?? null);
        expect(row?.type).toBe(first ? "text" : list[0] === "ghost" ? "unsupported" : "unknown");
        expect(await readConversation()).toMatchObject({ unread: 1 });
      }),
      { numRuns: 20 },
    );
  });

  it("that was replaced is one unread message, not two", async () => {
    await receiveWebhook(ctx, bodyOf(text("first")));
    const message = text("real");
    await receiveWebhook(ctx, bodyOf(ghostOf(message)));
    await receiveWebhook(ctx, bodyOf(message));
    const answer = await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0 });
    const seen = answer.structuredContent.messages as { untrusted_text?: string }[];
    expect(seen.map((one) => one.untrusted_text)).toEqual(["first", "real"]);
  });
});
