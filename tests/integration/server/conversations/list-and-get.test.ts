import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePageCursor } from "#server/utils/messaging/page-cursor";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const DAY_MS = 24 * 60 * 60_000;

interface View {
  conversation_id: string;
  contact_id: string;
  own: boolean;
  unread: number;
  window: { open: boolean; closes_at: string | null };
  last_message_at: string;
  last_message: { id: string; body?: string; untrusted_text?: string } | null;
  aliases?: { kind: string; value: string }[];
  untrusted_name?: string;
  untrusted_username?: string;
}

interface Page {
  conversations: View[];
  next_cursor: string | null;
}

let ctx: TestContext;
let tenants: Tenants;
let count = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterAll(() => ctx.close());

async function hear(number: string, person: string, body: string, contact: Json = {}): Promise<void> {
  ctx.clock.advance(1_000);
  const message = textFrom(person, `wamid.c${(count += 1)}`, body, ctx.clock.now());
  const contacts = [{ wa_id: person, profile: { name: `name of ${person}` }, ...contact }];
  await receiveWebhook(ctx, webhookBody(number, { contacts, messages: [message] }));
}

/** What a person wishes about marketing, so many times, a second apart. */
async function wish(person: string, times: number): Promise<void> {
  const metadata = { display_phone_number: "15550101", phone_number_id: "101" };
  for (let index = 0; index < times; index += 1) {
    ctx.clock.advance(1_000);
    const timestamp = Math.floor(ctx.clock.now().getTime() / 1000);
    const value = index % 2 === 0 ? "stop" : "resume";
    const user_preferences = [{ wa_id: person, category: "marketing_messages", value, timestamp }];
    const change = { field: "user_preferences", value: { metadata, user_preferences } };
    await receiveWebhook(ctx, { entry: [{ id: "900", changes: [change] }] });
  }
}

async function call<T>(name: string, args: Json, tenant: Pick<Tenant, "principal">): Promise<T> {
  const answer = await callAs(ctx, tenant, name, args);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as T;
}

const list = (args: Json = {}, tenant: Pick<Tenant, "principal"> = tenants.ann) =>
  call<Page>("list_conversations", args, tenant);
const get = (conversation_id: string, tenant: Pick<Tenant, "principal"> = tenants.ann) =>
  call<View>("get_conversation", { conversation_id }, tenant);
const lastOf = ({ last_message }: View): string | undefined =>
  last_message?.body ?? last_message?.untrusted_text;

describe("list_conversations", () => {
  it("gives the newest first, with what is unread, the window and the last message", async () => {
    await hear("101", "16505550001", "first");
    await hear("101", "16505550002", "second");
    await hear("101", "16505550001", "third");
    ctx.clock.advance(1_000);
    await sendAs(ctx, tenants.ann, { to: "+16505550002", body: "our answer", phone_number_id: "101" });
    const { conversations } = await list();
    expect(conversations.map(lastOf)).toEqual(["our answer", "third"]);
    expect(conversations).toMatchObject([
      { own: true, unread: 0, untrusted_name: "name of 16505550002", window: { open: true } },
      { own: true, unread: 2, last_message_at: expect.any(String) },
    ]);
    expect(conversations[0]).not.toHaveProperty("aliases");
    expect((await list({ unread: true })).conversations.map(lastOf)).toEqual(["third"]);
    expect((await list({ since: ctx.clock.now().toISOString() })).conversations.map(lastOf)).toEqual([
      "our answer",
    ]);
    expect((await list({ phone_number_id: "103" })).conversations).toEqual([]);
  });

  it.each([1, 2, 7, 100])("pages of %i give each once, in order", async (limit) => {
    if (limit === 1) {
      for (let index = 0; index < 9; index += 1) await hear("101", `1650555010${index}`, `page ${index}`);
      // Two at the same time, which the id tells apart.
      const at = ctx.clock.now();
      await ctx.sql`update conversations set last_message_at = ${at} where last_message_at >= ${new Date(at.getTime() - 3_000)}`;
    }
    const found: View[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list({ limit, ...(cursor ? { cursor } : {}) });
      found.push(...page.conversations);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(found.map(({ conversation_id }) => conversation_id)).size).toBe(11);
    expect(found).toHaveLength(11);
    const times = found.map(({ last_message_at }) => last_message_at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it("ends a page early where the answer would be too long for a host", async () => {
    for (let index = 0; index < 4; index += 1) await hear("102", `1650555020${index}`, "x".repeat(9_000));
    const page = await list({}, tenants.bob);
    expect(page.conversations).toHaveLength(2);
    expect(page.next_cursor).not.toBeNull();
    const rest = await list({ cursor: page.next_cursor }, tenants.bob);
    expect(rest).toMatchObject({ conversations: [{}, {}], next_cursor: null });
  });

  it("shows each client its own of a shared number, and the owner all but not whose they are", async () => {
    const on = { phone_number_id: "103" };
    await sendAs(ctx, tenants.ann, { ...on, to: "+16505552001", body: "by ann" });
    await sendAs(ctx, tenants.bob, { ...on, to: "+16505552002", body: "by bob" });
    await hear("103", "16505552003", "for the owner");
    const seenBy = async (tenant: Tenant) => (await list(on, tenant)).conversations;
    expect((await seenBy(tenants.ann)).map(lastOf)).toEqual(["by ann"]);
    expect((await seenBy(tenants.bob)).map(lastOf)).toEqual(["by bob"]);
    const all = await seenBy(tenants.owner);
    expect(all.map((one) => [lastOf(one), one.own]).toSorted()).toEqual([
      ["by ann", false],
      ["by bob", false],
      ["for the owner", true],
    ]);
    expect(JSON.stringify(all)).not.toContain(tenants.ann.clientId);
    const theirs = (await seenBy(tenants.bob))[0]?.conversation_id ?? "";
    const answer = await callAs(ctx, tenants.ann, "get_conversation", { conversation_id: theirs });
    expect(errorOf(answer).code).toBe("not_found");
  });

  it("shows the last message, whatever was wished about marketing since, and the time of it", async () => {
    const person = "16505550301";
    await hear("101", person, "the last words");
    // Meta tells times to the second.
    const at = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000).toISOString();
    await wish(person, 1);
    const [newest] = (await list({ limit: 1 })).conversations;
    expect(newest).toMatchObject({ last_message_at: at, last_message: { untrusted_text: "the last words" } });
    expect((await get(newest?.conversation_id ?? "")).last_message).toMatchObject({ type: "text" });
  });

  it.each([8_640_000_000_000_000, -1, 253_402_300_800_000])(
    "refuses a cursor of the time %d",
    async (rank) => {
      const cursor = writePageCursor({ rank, id: crypto.randomUUID() });
      for (const [tool, args] of [
        ["list_conversations", {}],
        ["search_messages", { query: "x" }],
      ] as const) {
        const answer = await callAs(ctx, tenants.ann, tool, { ...args, cursor });
        expect(errorOf(answer).code, tool).toBe("invalid_arguments");
      }
    },
  );

  it.each(["list_conversations", "search_messages", "get_messages"])(
    "%s refuses a time of which the database has none, and takes any other",
    async (tool) => {
      const ask = (since: string) =>
        callAs(ctx, tenants.ann, tool, { since, ...(tool === "search_messages" ? { query: "x" } : {}) });
      for (const since of [
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
      ]) {
        expect(errorOf(await ask(since)).code, since).toBe("invalid_arguments");
      }
      for (const since of ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]) {
        expect((await ask(since)).isError, since).toBe(false);
      }
    },
  );

  it("takes no cursor that it did not give out, and nothing from a key without the number", async () => {
    for (const cursor of ["x", crypto.randomUUID(), "_".repeat(32)]) {
      const answer = await callAs(ctx, tenants.ann, "list_conversations", { cursor });
      expect(errorOf(answer).code, cursor).toBe("invalid_arguments");
    }
    const none = await mintKey(ctx, tenants.ann.clientId, [
      "tools:list_conversations",
      "tools:get_conversation",
    ]);
    expect(await list({}, none)).toMatchObject({ conversations: [], next_cursor: null });
    const [own] = (await list()).conversations;
    const answer = await callAs(ctx, none, "get_conversation", { conversation_id: own?.conversation_id });
    expect(errorOf(answer).code).toBe("not_found");
  });
});

describe("get_conversation", () => {
  it("knows a person without a phone number by the id that Meta gave", async () => {
    ctx.clock.advance(1_000);
    const at = String(Math.floor(ctx.clock.now().getTime() / 1000));
    const userId = "US.13491208655302741918";
    const message = {
      id: "wamid.bsuid",
      from_user_id: userId,
      timestamp: at,
      type: "text",
      text: { body: "hidden" },
    };
    const contacts = [{ user_id: userId, profile: { name: "Zoe", username: "zoe.k" } }];
    await receiveWebhook(ctx, webhookBody("101", { contacts, messages: [message] }));
    const [newest] = (await list()).conversations;
    const shown = await get(newest?.conversation_id ?? "");
    expect(shown).toMatchObject({
      unread: 1,
      untrusted_name: "Zoe",
      untrusted_username: "zoe.k",
      aliases: [{ kind: "bsuid", value: userId }],
    });
    const sent = await sendAs(ctx, tenants.ann, { to: userId, body: "hello", phone_number_id: "101" });
    expect(sent.conversation_id).toBe(shown.conversation_id);
    expect((await get(shown.conversation_id)).unread).toBe(0);
  });

  it("says when the window has closed", async () => {
    const [newest] = (await list({ unread: true })).conversations;
    ctx.clock.advance(DAY_MS + 60_000);
    const { window } = await get(newest?.conversation_id ?? "");
    expect(window.open).toBe(false);
    expect(new Date(window.closes_at ?? "").getTime()).toBeLessThan(ctx.clock.now().getTime());
  });

  it("knows whom the client wrote to first, by the name that it gave", async () => {
    const person = "16505553101";
    const sent = await sendAs(ctx, tenants.ann, { to: `+${person}`, phone_number_id: "103" });
    const named = [{ kind: "phone_input", value: person }];
    expect((await get(sent.conversation_id)).aliases).toEqual(named);
    // Who is given the conversation was told nothing of that; nor is the owner, who sees everything of the number.
    expect((await get(sent.conversation_id, tenants.owner)).aliases).toEqual([]);
    // What another client's webhooks taught adds nothing.
    const contacts = [{ wa_id: person, user_id: "US.77770000111122223333" }];
    const message = {
      ...textFrom(person, "wamid.named", "to bob", ctx.clock.now()),
      from_user_id: "US.77770000111122223333",
    };
    await receiveWebhook(ctx, webhookBody("102", { contacts, messages: [message] }));
    expect((await get(sent.conversation_id)).aliases).toEqual(named);
  });

  it("knows whom the business wrote to in its own app", async () => {
    ctx.clock.advance(1_000);
    const echo = {
      ...textFrom("15550101", "wamid.echo", "from the app", ctx.clock.now()),
      to: "16505553102",
    };
    const metadata = { display_phone_number: "15550101", phone_number_id: "101" };
    const change = { field: "smb_message_echoes", value: { metadata, message_echoes: [echo] } };
    await receiveWebhook(ctx, { entry: [{ id: "900", changes: [change] }] });
    const [newest] = (await list({ limit: 1 })).conversations;
    expect((await get(newest?.conversation_id ?? "")).aliases).toEqual([
      { kind: "wa_id", value: "16505553102" },
    ]);
  });

  it("knows a person still after more wishes than it looks at messages", async () => {
    const person = "16505553103";
    await hear("101", person, "hello");
    const [newest] = (await list({ limit: 1 })).conversations;
    await wish(person, 21);
    expect((await get(newest?.conversation_id ?? "")).aliases).toEqual([{ kind: "wa_id", value: person }]);
  });

  it("shows no alias that another client's webhooks taught", async () => {
    const person = "16505553001";
    // Bob's webhook tells the person's user id; ann's tells only the phone number.
    const at = () => String(Math.floor(ctx.clock.now().getTime() / 1000));
    const userId = "US.99990000111122223333";
    const both = {
      from: person,
      from_user_id: userId,
      timestamp: at(),
      type: "text",
      text: { body: "to bob" },
    };
    const contacts = [{ wa_id: person, user_id: userId, profile: { name: "as bob knows him" } }];
    await receiveWebhook(ctx, webhookBody("102", { contacts, messages: [{ ...both, id: "wamid.tobob" }] }));
    await hear("101", person, "to ann", { profile: {} });
    const [mine] = (await list()).conversations;
    const [his] = (await list({}, tenants.bob)).conversations;
    expect(mine?.contact_id).toBe(his?.contact_id);
    const shown = await get(mine?.conversation_id ?? "");
    expect(shown.aliases).toEqual([{ kind: "wa_id", value: person }]);
    // The owner sees both conversations, and each says what was told in it.
    const byOwner = await get(mine?.conversation_id ?? "", tenants.owner);
    expect(byOwner.aliases).toEqual([{ kind: "wa_id", value: person }]);
    expect(JSON.stringify(shown)).not.toContain("as bob knows him");
    expect((await get(his?.conversation_id ?? "", tenants.bob)).aliases).toEqual([
      { kind: "bsuid", value: userId },
      { kind: "wa_id", value: person },
    ]);
  });
});
