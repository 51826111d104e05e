import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const OTHER = "16505559999";

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(() => ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox cascade`);

afterAll(() => ctx.close());

/** An element of `messages[]` so many seconds after the first. */
function element(
  type: string,
  value: unknown,
  second = 0,
  from = PERSON,
  id = `wamid.${(lastId += 1)}`,
): Json {
  const at = new Date(ctx.clock.now().getTime() - 600_000 + second * 1000);
  return { ...textFrom(from, id, "", at), text: undefined, type, [type]: value };
}
const text = (body: string): Json => element("text", { body });
const editOf = (original: Json, body: string, second: number, from = PERSON): Json =>
  element(
    "edit",
    { original_message_id: original.id, message: { type: "text", text: { body } } },
    second,
    from,
  );
const revokeOf = (original: Json, second: number, from = PERSON): Json =>
  element("revoke", { original_message_id: original.id }, second, from);

const receive = async (...messages: Json[]): Promise<void> => {
  for (const message of messages) {
    expect(await receiveWebhook(ctx, webhookBody("101", { messages: [message] }))).toMatchObject({
      error: null,
    });
  }
};

interface Seen extends Json {
  readonly id: string;
  readonly wamid: string;
}

async function see(): Promise<Map<unknown, Seen>> {
  const { structuredContent } = await callAs(ctx, tenants.ann, "get_messages");
  return new Map((structuredContent.messages as Seen[]).map((message) => [message.wamid, message]));
}

// Every order of three.
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describe("an edit", () => {
  it("puts its words in the place of the original's, and stays a message of its own", async () => {
    const original = text("old");
    const edit = editOf(original, "new", 5);
    await receive(original, edit);
    const seen = await see();
    expect(seen.get(original.id)).toMatchObject({ type: "text", untrusted_text: "new", edited: true });
    expect(seen.get(edit.id)).toMatchObject({ type: "edit", untrusted_text: "new" });
    expect(seen.get(edit.id)?.reply_to).toBe(seen.get(original.id)?.id);
    const [row] = await ctx.sql`select content, edited_at from messages where wamid = ${String(original.id)}`;
    expect(row).toMatchObject({ content: { text: { body: "new" } }, edited_at: expect.any(Date) as Date });
    expect(await ctx.sql`select id from message_events`).toHaveLength(0);
  });

  it("counts when it is the last by its own time, in whatever order they come", async () => {
    for (const order of ORDERS) {
      const original = text("first");
      const all = [original, editOf(original, "second", 5), editOf(original, "third", 9)] as const;
      await receive(...order.map((index) => all[index]));
      expect((await see()).get(original.id)).toMatchObject({ untrusted_text: "third", edited: true });
    }
  });

  it("changes a caption and keeps the picture", async () => {
    const original = element("image", { id: "m1", mime_type: "image/png", caption: "old" });
    const message = { type: "image", image: { caption: "new" } };
    await receive(original, element("edit", { original_message_id: original.id, message }, 3));
    expect((await see()).get(original.id)).toMatchObject({
      untrusted_text: "new",
      untrusted_content: { media: { mime_type: "image/png", caption: "new" } },
    });
    const [row] = await ctx.sql`select content from messages where wamid = ${String(original.id)}`;
    expect(row).toMatchObject({ content: { image: { id: "m1" } } });
  });

  it("by somebody else changes nothing", async () => {
    const original = text("mine");
    await receive(original, editOf(original, "forged", 5, OTHER), revokeOf(original, 6, OTHER));
    const seen = (await see()).get(original.id);
    expect(seen).toMatchObject({ untrusted_text: "mine" });
    expect(seen).not.toHaveProperty("edited");
    expect(seen).not.toHaveProperty("revoked");
  });

  it("by a person does not change what a client of ours sent", async () => {
    await receive(text("hello"));
    await ctx.sql`
      insert into messages (id, phone_number_id, conversation_id, contact_id, client_id, direction, type, status, wamid,
        content, text, occurred_at)
      select gen_random_uuid(), phone_number_id, conversation_id, contact_id, ${tenants.ann.clientId}, 'outbound', 'text',
        'sent', 'wamid.ours', '{"body":"ours"}', 'ours', now() from messages`;
    await receive(editOf({ id: "wamid.ours" }, "forged", 5), revokeOf({ id: "wamid.ours" }, 6));
    expect((await see()).get("wamid.ours")).toMatchObject({ body: "ours" });
    expect((await see()).get("wamid.ours")).not.toHaveProperty("revoked");
  });

  it("of which nobody is told the words is noted on the message, before it and after it", async () => {
    const unreadable = (context: Json, id?: string): Json => ({
      ...element("unsupported", { type: "edit" }, 5, PERSON, id),
      context,
      errors: [{ code: 131051 }],
    });
    const [named, parked, same, late] = [text("a"), text("b"), text("c"), text("d")];
    await receive(named, unreadable({ id: named.id }));
    await receive(unreadable({ id: parked.id }), parked);
    await receive(same, unreadable({}, String(same.id)));
    await receive(unreadable({}, String(late.id)), late);
    const seen = await see();
    for (const [message, words] of [
      [named, "a"],
      [parked, "b"],
      [same, "c"],
      [late, "d"],
    ] as const) {
      expect(seen.get(message.id)).toMatchObject({ type: "text", untrusted_text: words, edited: true });
    }
  });
});

describe("a revoke", () => {
  it("takes the words away, from readers and from the row, and of edits too, in whatever order they come", async () => {
    for (const order of ORDERS) {
      const original = text("SECRET-1");
      const all = [original, editOf(original, "SECRET-2", 5), revokeOf(original, 9)] as const;
      await receive(...order.map((index) => all[index]));
      const seen = await see();
      expect(seen.get(original.id)).toMatchObject({ type: "text", revoked: true });
      for (const message of all) expect(seen.get(message.id)).not.toHaveProperty("untrusted_text");
      const rows = await ctx.sql`select * from messages`;
      expect(JSON.stringify(rows)).not.toContain("SECRET");
      await ctx.sql`truncate messages, conversations, contacts, changes cascade`;
    }
  });

  it("counts once more when the real message follows its ghost", async () => {
    const original = text("SECRET");
    const ghost = { ...original, type: "unsupported", text: undefined, errors: [{ code: 131060 }] };
    await receive(ghost, revokeOf(original, 3), original);
    expect((await see()).get(original.id)).toMatchObject({ type: "text", revoked: true });
    expect(JSON.stringify(await ctx.sql`select * from messages`)).not.toContain("SECRET");
  });

  it("is final: an edit that comes after it brings nothing back", async () => {
    const original = text("SECRET");
    await receive(original, revokeOf(original, 3), editOf(original, "SECRET", 60));
    expect(JSON.stringify(await ctx.sql`select * from messages`)).not.toContain("SECRET");
    expect(JSON.stringify([...(await see()).values()])).not.toContain("SECRET");
  });

  it("wakes whoever waits, as an edit does", async () => {
    const original = text("hello");
    await receive(original);
    const first = await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0 });
    await receive(editOf(original, "new", 3), revokeOf(original, 4));
    const { cursor } = first.structuredContent;
    const next = await callAs(ctx, tenants.ann, "wait_for_messages", { timeout_s: 0, cursor });
    expect(next.structuredContent.messages).toMatchObject([
      { type: "edit", revoked: true },
      { type: "revoke" },
    ]);
  });
});

describe("a reaction", () => {
  it("says what it is about and what it is, and its removal too", async () => {
    const original = text("hello");
    const added = element("reaction", { message_id: original.id, emoji: "\u{1F44D}" }, 1);
    const removed = element("reaction", { message_id: original.id, emoji: "" }, 2);
    await receive(original, added, removed);
    const seen = await see();
    const id = seen.get(original.id)?.id;
    expect(seen.get(added.id)).toMatchObject({
      reply_to: id,
      untrusted_content: { reaction: { emoji: "\u{1F44D}" } },
    });
    expect(seen.get(removed.id)).toMatchObject({
      reply_to: id,
      untrusted_content: { reaction: { removed: true } },
    });
  });
});
