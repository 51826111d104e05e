import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteMessages } from "#server/utils/retention/store";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";

interface View {
  id: string;
  direction: string;
  type: string;
  conversation_id: string;
  contact_id: string;
  body?: string;
  untrusted_text?: string;
}

interface Page {
  messages: View[];
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

/** A person's text to ann's number, a second after the last one. */
async function hear(body: string, person = PERSON): Promise<void> {
  ctx.clock.advance(1_000);
  await hearRaw(textFrom(person, `wamid.s${(count += 1)}`, body, ctx.clock.now()));
}

const hearRaw = (message: Json) => receiveWebhook(ctx, webhookBody("101", { messages: [message] }));

async function search(
  args: Record<string, unknown>,
  tenant: Pick<Tenant, "principal"> = tenants.ann,
): Promise<Page> {
  const answer = await callAs(ctx, tenant, "search_messages", args);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Page;
}

const textOf = ({ body, untrusted_text }: View): string | undefined => body ?? untrusted_text;
const textsOf = async (query: string, more: Record<string, unknown> = {}): Promise<unknown[]> =>
  (await search({ query, ...more })).messages.map(textOf);

describe("what is found", () => {
  it.each([
    ["accents and case", "Café RÉSUMÉ Łódź Straße", ["cafe", "resume", "lodz", "STRASSE", "Cafe resume"]],
    ["combining marks", "cafe\u0301 bonsoir", ["café", "BONSOIR"]],
    ["Cyrillic and Greek", "Привет Ёлка Ὀδυσσεύς", ["привет", "елка", "ΟΔΥΣΣΕΎΣ"]],
    ["Turkish", "İstanbul ISPARTA", ["istanbul", "isparta"]],
    ["Chinese and Japanese, in parts", "我今天在東京吃寿司", ["東京", "寿司", "今天"]],
    ["Korean", "안녕하세요 여러분", ["안녕하세요", "여러분", "하세요"]],
    ["Thai, in parts", "สวัสดีครับคุณสมชาย", ["สวัสดี", "สมชาย"]],
    ["Arabic", "مرحبا بالعالم", ["مرحبا", "بالعالم"]],
    [
      "parts of words and numbers",
      "invoice INV-2026/00417 over 1,234.50",
      ["voic", "00417", "INV-2026", "234.5"],
    ],
    [
      "addresses",
      "write to zoe.k@example.com or https://example.com/a?b=1",
      ["example.com", "zoe.k@example.com"],
    ],
    ["signs and emoji", "discount 50% _only_ \\o/ today 👍🏽", ["50%", "_only_", "\\o/", "👍"]],
    ["wide letters", "ＡＢＣ１２３ ﬁne", ["abc123", "fine"]],
  ])("%s", async (_, body, queries) => {
    await hear(body);
    for (const query of queries) expect(await textsOf(query), query).toContain(body);
  });

  it("has no wildcards", async () => {
    await hear("plainly wild");
    for (const query of ["pl%ly", "pl_inly", "%", "_", "\\"]) {
      expect(await textsOf(query), query).not.toContain("plainly wild");
    }
  });

  it("holds all words, and quoted ones in their order", async () => {
    await hear("the red house by the lake");
    expect(await textsOf("lake red")).toEqual(["the red house by the lake"]);
    expect(await textsOf("lake blue")).toEqual([]);
    expect(await textsOf('"red house"')).toEqual(["the red house by the lake"]);
    expect(await textsOf('"house red"')).toEqual([]);
  });

  it("includes captions, file names, button titles, cards and what we wrote", async () => {
    const from = { from: PERSON, timestamp: String(Math.floor(ctx.clock.now().getTime() / 1000)) };
    const media = { id: "1", mime_type: "image/jpeg", sha256: "x" };
    await hearRaw({ ...from, id: "wamid.i", type: "image", image: { ...media, caption: "zebracaption" } });
    await hearRaw({
      ...from,
      id: "wamid.d",
      type: "document",
      document: { ...media, filename: "zebrafile.pdf" },
    });
    const reply = { type: "button_reply", button_reply: { id: "b1", title: "Zebrabutton" } };
    await hearRaw({ ...from, id: "wamid.b", type: "interactive", interactive: reply });
    const card = { name: { formatted_name: "Zebra Card", first_name: "Zebra" }, phones: [] };
    await hearRaw({ ...from, id: "wamid.c", type: "contacts", contacts: [card] });
    await sendAs(ctx, tenants.ann, { to: `+${PERSON}`, body: "our zebra words", phone_number_id: "101" });
    const page = await search({ query: "zebra" });
    expect(page.messages.map(({ type }) => type).toSorted()).toEqual([
      "contacts",
      "document",
      "image",
      "interactive",
      "text",
    ]);
    expect(await search({ query: "zebra", type: "document" })).toMatchObject({
      messages: [{ type: "document" }],
    });
    expect(await textsOf("zebra", { direction: "outbound" })).toEqual(["our zebra words"]);
  });

  it("is found by its words as they are after edits, and not by earlier ones", async () => {
    ctx.clock.advance(1_000);
    const at = ctx.clock.now();
    const wamid = `wamid.s${(count += 1)}`;
    const changes = ["tangerine two", "mandarin three"].map((body, place) => ({
      from: PERSON,
      id: `${wamid}.${place}`,
      timestamp: String(Math.floor(at.getTime() / 1000) + place + 1),
      type: "edit",
      edit: { original_message_id: wamid, message: { type: "text", text: { body } } },
    }));
    // The first edit comes before what it changes.
    await hearRaw(changes[0] ?? {});
    expect(await textsOf("tangerine")).toEqual(["tangerine two"]);
    await hearRaw(textFrom(PERSON, wamid, "clementine one", at));
    const typesOf = async (query: string) => (await search({ query })).messages.map(({ type }) => type);
    expect(await typesOf("tangerine")).toEqual(["text"]);
    await hearRaw(changes[1] ?? {});
    expect(await typesOf("mandarin")).toEqual(["text"]);
    for (const former of ["clementine", "tangerine"]) expect(await typesOf(former), former).toEqual([]);
    const revoke = { type: "revoke", revoke: { original_message_id: wamid } };
    const timestamp = String(Math.floor(at.getTime() / 1000) + 9);
    await hearRaw({ from: PERSON, id: `${wamid}.9`, timestamp, ...revoke });
    expect(await typesOf("mandarin")).toEqual([]);
  });

  it("is gone from the words when the message is deleted", async () => {
    await hear("persimmon");
    const [found] = (await search({ query: "persimmon" })).messages;
    const storedWords = () => ctx.sql`select from message_words where message_id = ${found?.id ?? ""}`;
    expect(await storedWords()).toHaveLength(1);
    await ctx.database.asSystem((tx) => deleteMessages(tx, [found?.id ?? ""]));
    expect(await storedWords()).toHaveLength(0);
  });

  it("includes file names of what the business sent in its own app", async () => {
    const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
    const document = { id: "1", mime_type: "application/pdf", sha256: "x", filename: "giraffe.pdf" };
    const message_echoes = [
      { from: "15550101", to: PERSON, id: "wamid.e1", timestamp, type: "document", document },
    ];
    const metadata = { display_phone_number: "15550101", phone_number_id: "101" };
    const change = { field: "smb_message_echoes", value: { metadata, message_echoes } };
    await receiveWebhook(ctx, { entry: [{ id: "900", changes: [change] }] });
    expect((await search({ query: "giraffe" })).messages).toMatchObject([{ type: "document" }]);
  });

  it("is found in the beginning of a text that is megabytes", async () => {
    await hear(`gigantic ${"x y ".repeat(700_000)}neverindexed`);
    expect((await search({ query: "gigantic" })).messages).toHaveLength(1);
    expect((await search({ query: "neverindexed" })).messages).toHaveLength(0);
  });
});

describe("the order", () => {
  it("is whole words before parts, then the newest, however it is paged", async () => {
    for (let index = 0; index < 9; index += 1)
      await hear(index % 3 === 0 ? `plum ${index}` : `plums ${index}`);
    const wanted = [
      "plum 6",
      "plum 3",
      "plum 0",
      "plums 8",
      "plums 7",
      "plums 5",
      "plums 4",
      "plums 2",
      "plums 1",
    ];
    expect(await textsOf("plum", { limit: 100 })).toEqual(wanted);
    for (const limit of [1, 2, 3, 4, 9]) {
      const found: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await search({ query: "plum", limit, ...(cursor ? { cursor } : {}) });
        found.push(...page.messages.map(textOf));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(found, `pages of ${limit}`).toEqual(wanted);
    }
  });

  it.each(["", "x", "A".repeat(31), "_".repeat(32), crypto.randomUUID()])(
    "does not begin after a cursor that it did not give out: %s",
    async (cursor) => {
      const answer = await callAs(ctx, tenants.ann, "search_messages", { query: "plum", cursor });
      expect(errorOf(answer).code).toBe("invalid_arguments");
    },
  );
});

describe("the filters", () => {
  it("are the conversation, the contact, the number and the time", async () => {
    const other = "16505559876";
    await hear("kumquat one");
    const between = ctx.clock.now();
    await hear("kumquat two", other);
    const [newest, oldest] = (await search({ query: "kumquat" })).messages;
    expect(await textsOf("kumquat", { conversation_id: oldest?.conversation_id })).toEqual(["kumquat one"]);
    for (const contact of [`+${other}`, newest?.contact_id]) {
      expect(await textsOf("kumquat", { contact })).toEqual(["kumquat two"]);
    }
    expect(await textsOf("kumquat", { phone_number_id: "103" })).toEqual([]);
    const after = new Date(between.getTime() + 1).toISOString();
    expect(await textsOf("kumquat", { since: after })).toEqual(["kumquat two"]);
    expect(await textsOf("kumquat", { until: after })).toEqual(["kumquat one"]);
  });

  it("have nothing of a number that is not granted, or outside the key's scope", async () => {
    const args = { query: "kumquat", phone_number_id: "102" };
    expect(errorOf(await callAs(ctx, tenants.ann, "search_messages", args)).code).toBe("not_found");
    const scoped = await mintKey(ctx, tenants.ann.clientId, ["tools:search_messages", "numbers:103"]);
    expect((await search({ query: "kumquat" }, scoped)).messages).toEqual([]);
    const wrong = await callAs(ctx, tenants.ann, "search_messages", { query: "kumquat", contact: "!!" });
    expect(errorOf(wrong)).toMatchObject({
      message: expect.stringMatching(/^contact is not/),
      details: { field: "contact" },
    });
    const none = await mintKey(ctx, tenants.ann.clientId, ["tools:search_messages"]);
    expect((await search({ query: "kumquat" }, none)).messages).toEqual([]);
  });
});

describe("two clients that share a number", () => {
  const on = { phone_number_id: "103" };

  it("find their own, and the owner all", async () => {
    await sendAs(ctx, tenants.ann, { ...on, to: "+16505552001", body: "quince by ann" });
    await sendAs(ctx, tenants.bob, { ...on, to: "+16505552002", body: "quince by bob" });
    const seenBy = async (tenant: Tenant, query: string) =>
      (await search({ query, ...on }, tenant)).messages.map(textOf).toSorted();
    for (const query of ["quince", "uinc", "qu"]) {
      expect(await seenBy(tenants.ann, query), query).toEqual(["quince by ann"]);
      expect(await seenBy(tenants.bob, query), query).toEqual(["quince by bob"]);
      expect(await seenBy(tenants.owner, query), query).toEqual(["quince by ann", "quince by bob"]);
    }
    const [theirs] = (await search({ query: "quince" }, tenants.bob)).messages;
    for (const filter of [{ conversation_id: theirs?.conversation_id }, { contact: theirs?.contact_id }]) {
      const answer = await callAs(ctx, tenants.ann, "search_messages", { query: "quince", ...filter });
      expect(errorOf(answer).code).toBe("not_found");
    }
  });

  it("find what was given to them, and no more what was taken", async () => {
    await ctx.sql`update conversations set owner_client_id = ${tenants.bob.clientId}
      where owner_client_id = ${tenants.ann.clientId} and phone_number_id = ${tenants.numbers.shared.id}`;
    expect((await search({ query: "quince" })).messages).toEqual([]);
    expect((await search({ query: "quince" }, tenants.bob)).messages).toHaveLength(2);
  });

  it("find what was given to them when it is too much to be moved, once each, and no more what was taken", async () => {
    const sent = await sendAs(ctx, tenants.ann, { ...on, to: "+16505552003", body: "medlar first" });
    await ctx.sql`
      insert into messages (id, phone_number_id, conversation_id, contact_id, direction, type, status, content, text, occurred_at)
      select gen_random_uuid(), phone_number_id, conversation_id, contact_id, 'inbound', 'text', 'received', '{}',
        'medlar many', now() from messages, generate_series(1, 300) where id = ${sent.message_id}`;
    const giveTo = ({ clientId }: Tenant) =>
      ctx.sql`update conversations set owner_client_id = ${clientId} where id = ${sent.conversation_id}`;
    const seenBy = async (tenant: Tenant, query: string) =>
      (await search({ query, limit: 3 }, tenant)).messages.map(textOf).toSorted();
    await giveTo(tenants.bob);
    await ctx.sql`
      insert into messages (id, phone_number_id, conversation_id, contact_id, direction, type, status, content, text, occurred_at)
      select gen_random_uuid(), phone_number_id, conversation_id, contact_id, 'inbound', 'text', 'received', '{}',
        'medlar since', now() from messages where id = ${sent.message_id}`;
    for (const query of ["medlar first", "edlar fir", "me fi"]) {
      expect(await seenBy(tenants.bob, query), query).toEqual(["medlar first"]);
      expect(await seenBy(tenants.ann, query), query).toEqual([]);
    }
    expect(await seenBy(tenants.bob, "medlar since")).toEqual(["medlar since"]);
    await giveTo(tenants.ann);
    expect(await seenBy(tenants.ann, "medlar first")).toEqual(["medlar first"]);
    expect(await seenBy(tenants.ann, "medlar since")).toEqual(["medlar since"]);
    expect(await seenBy(tenants.bob, "medlar")).toEqual([]);
  });

  it("get nothing from the function itself that is not theirs, whatever they ask it", async () => {
    const ask = (clientId: string) =>
      ctx.database.asClient(clientId, async (tx) => {
        const { findMessages } = await import("#server/utils/messaging/searching/store");
        const { ann, bob, shared } = tenants.numbers;
        const nothing = {
          conversationId: undefined,
          contactId: undefined,
          direction: undefined,
          type: undefined,
        };
        return findMessages(tx, {
          ...nothing,
          terms: ["quince"],
          phoneNumberIds: [ann.id, bob.id, shared.id],
          since: undefined,
          until: undefined,
          after: undefined,
          limit: 10,
        });
      });
    expect(await ask(tenants.ann.clientId)).toEqual([]);
    expect(await ask(tenants.bob.clientId)).toHaveLength(2);
    await ctx.sql`update message_words set owner_client_id = ${tenants.ann.clientId}
      where words like 'quince%'`;
    expect(await ask(tenants.ann.clientId), "the conversation has the last word").toEqual([]);
  });
});

describe("a query", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 120 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 256 })
      .map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          "'",
          '"',
          "\\",
          "%",
          "_",
          "&",
          "|",
          "!",
          ":*",
          "<->",
          "(",
          ")",
          "$1",
          "--",
          "\0",
          " ",
          "a",
          "٣",
        ),
        {
          minLength: 1,
          maxLength: 80,
        },
      )
      .map((parts) => parts.join("")),
  );

  it("may be anything", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (query) => {
        const answer = await callAs(ctx, tenants.ann, "search_messages", { query: query.slice(0, 256) });
        expect(answer.isError, JSON.stringify(query)).toBe(false);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it("finds every text by itself, as far as it has signs that can be seen", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 3, maxLength: 40 }), async (drawn) => {
        const body = drawn.replaceAll('"', "").trim();
        if (!/[\p{L}\p{N}]/u.test(body)) return;
        await hear(`${body} ${count}`);
        const found = await textsOf(body, { limit: 100 });
        expect(found.length, JSON.stringify(body)).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("is refused when it is empty, or longer than 256", async () => {
    for (const query of ["", "x".repeat(257)]) {
      expect(errorOf(await callAs(ctx, tenants.ann, "search_messages", { query })).code).toBe(
        "invalid_arguments",
      );
    }
  });
});
