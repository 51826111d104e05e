import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { plantFile } from "#tests/helpers/server/plant-file";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { sendJson, startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const DAY_MS = 24 * 60 * 60_000;

let ctx: TestContext;
let tenants: Tenants;
let files: FileGraph;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
let mediaId: string;
let lastKey = 0;

beforeAll(async () => {
  files = await startFileGraph();
  ctx = await createTestContext({ config: { pairRate: false } });
  media = await useMediaRoot(ctx, files.url);
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate media_objects, messages, conversations, outbox, audit_log cascade`;
  [files.uploads, files.uploadAnswers, ctx.graph.calls].forEach((list) => list.splice(0));
  ({ mediaId } = await plantFile(ctx, media.root, "101", { bytes: sampleFiles.png }));
});

afterAll(async () => {
  await ctx.close();
  await files.close();
  await media.remove();
});

const TO = { to: `+${PERSON}`, phone_number_id: "101" };
const call = (tool: string, args: Record<string, unknown>, tenant = tenants.ann) =>
  callAs(ctx, tenant, tool, { ...TO, ...args });
const refusal = async (tool: string, args: Record<string, unknown>, tenant = tenants.ann) =>
  errorOf(await call(tool, args, tenant));
async function send(tool: string, args: Record<string, unknown>): Promise<SentMessage> {
  const answer = await call(tool, args);
  if (answer.isError) throw new Error(JSON.stringify(errorOf(answer)));
  return answer.structuredContent as unknown as SentMessage;
}
const payloads = () => ctx.graph.calls.map(({ payload }) => payload);
const newKey = (): string => `key-${(lastKey += 1)}`;

const KINDS: [string, Record<string, unknown>, Record<string, unknown>][] = [
  ["send_location", { latitude: 1, longitude: 2, name: "Office" }, { type: "location" }],
  ["send_contacts", { contacts: [{ name: { formatted_name: "Ada" } }] }, { type: "contacts" }],
  [
    "send_interactive",
    { type: "buttons", body: "Yes?", buttons: [{ id: "y", title: "Yes" }] },
    { type: "interactive", interactive: { type: "button", body: { text: "Yes?" } } },
  ],
  [
    "send_interactive",
    { type: "list", body: "Which?", button: "Choose", sections: [{ rows: [{ id: "1", title: "One" }] }] },
    { interactive: { type: "list", action: { button: "Choose" } } },
  ],
  [
    "send_interactive",
    { type: "cta_url", body: "Look", button: "Open", url: "https://example.com" },
    { interactive: { action: { name: "cta_url" } } },
  ],
  [
    "send_interactive",
    { type: "location_request", body: "Where?" },
    { interactive: { action: { name: "send_location" } } },
  ],
  [
    "send_interactive",
    { type: "contact_info_request", body: "Who?" },
    { interactive: { action: { name: "request_contact_info" } } },
  ],
];

describe.each(KINDS)("%s", (tool, args, payload) => {
  it("reaches Meta once, says what every send says, and repeats by its key", async () => {
    const keyed = { ...args, idempotency_key: newKey() };
    const sent = await send(tool, keyed);
    expect(sent).toMatchObject({ status: "queued", window: { open: true } });
    expect((await send(tool, keyed)).message_id).toBe(sent.message_id);
    await deliverEvents(ctx);
    expect(payloads()).toMatchObject([payload]);
    expect((await readMessage(ctx, sent.message_id)).status).toBe("accepted");
  });

  it("is refused for somebody else's number, and for a key that may only read", async () => {
    expect((await refusal(tool, { ...args, phone_number_id: "102" })).code).toBe("not_found");
    const reader = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"]);
    expect((await refusal(tool, args, reader)).code).toBe("forbidden");
  });
});

describe("a refusal before Meta is called", () => {
  it.each([
    [
      "buttons",
      3,
      4,
      { type: "buttons", body: "b", buttons: [1, 2, 3, 4].map((n) => ({ id: `${n}`, title: `${n}` })) },
    ],
    ["body", 1024, 1025, { type: "buttons", body: "x".repeat(1025), buttons: [{ id: "1", title: "1" }] }],
    [
      "sections.0.rows",
      10,
      11,
      {
        type: "list",
        body: "b",
        button: "b",
        sections: [{ rows: Array.from({ length: 11 }, (_, n) => ({ id: `${n}`, title: `${n}` })) }],
      },
    ],
  ])("names the field %s, its limit and the value", async (field, limit, value, args) => {
    const error = await refusal("send_interactive", args);
    expect(error).toMatchObject({
      code: "invalid_arguments",
      details: { fields: [{ field, limit, value }] },
    });
    expect(error.message).toContain(String(limit));
  });

  it.each(["https://example.com/a\u0000b", "https://example.com/a\uD83Db"])(
    "does not take an address that cannot be stored: %j",
    async (url) => {
      const error = await refusal("send_interactive", { type: "cta_url", body: "b", button: "b", url });
      expect(error).toMatchObject({ code: "invalid_arguments", details: { fields: [{ field: "url" }] } });
    },
  );

  it("does not repeat what was given", async () => {
    const error = await refusal("send_contacts", { contacts: [{ name: { "canary-7": "x" } }] });
    expect(JSON.stringify(error)).not.toContain("canary-7");
  });
});

describe("send_media", () => {
  it("uploads an earlier file before its message is sent, and once for the same bytes", async () => {
    const first = await send("send_media", { type: "image", media_id: mediaId, caption: "Look" });
    const second = await send("send_media", { type: "image", media_id: mediaId });
    await deliverEvents(ctx);
    expect(files.uploads).toHaveLength(1);
    expect(payloads()).toMatchObject([
      { type: "image", image: { id: "uploaded-1", caption: "Look" } },
      { type: "image", image: { id: "uploaded-1" } },
    ]);
    expect(JSON.stringify(payloads())).not.toContain("link");
    for (const { message_id } of [first, second]) {
      expect((await readMessage(ctx, message_id)).status).toBe("accepted");
    }
  });

  it("keeps the order: a text behind a file that Meta does not take yet waits for it", async () => {
    files.uploadAnswers.push((response) => sendJson(response, 500, { error: { code: 2 } }));
    const file = await send("send_media", { type: "image", media_id: mediaId });
    const text = await sendAs(ctx, tenants.ann, { ...TO, body: "after it" });
    await deliverEvents(ctx);
    expect(payloads()).toEqual([]);
    expect(await readMessage(ctx, file.message_id)).toMatchObject({ status: "queued", attempts: 0 });
    ctx.clock.advance(2 * 60_000);
    await deliverEvents(ctx);
    expect(payloads()).toMatchObject([{ type: "image" }, { type: "text" }]);
    expect((await readMessage(ctx, text.message_id)).status).toBe("accepted");
  });

  it("fails with the reason when the file is refused, and what waited behind it goes", async () => {
    const file = await send("send_media", { type: "sticker", media_id: mediaId });
    const text = await sendAs(ctx, tenants.ann, { ...TO, body: "after it" });
    await deliverEvents(ctx);
    expect(payloads()).toMatchObject([{ type: "text" }]);
    expect(await readMessage(ctx, file.message_id)).toMatchObject({
      status: "failed",
      error: { reason: expect.stringContaining("type_refused") as string },
    });
    expect((await readMessage(ctx, text.message_id)).status).toBe("accepted");
  });

  it("gives up after an hour in which Meta did not take the file", async () => {
    const file = await send("send_media", { type: "image", media_id: mediaId });
    for (let round = 0; round < 10; round += 1) {
      files.uploadAnswers.push((response) => sendJson(response, 500, { error: { code: 2 } }));
      await deliverEvents(ctx);
      ctx.clock.advance(20 * 60_000);
    }
    expect((await readMessage(ctx, file.message_id)).status).toBe("failed");
    expect(payloads()).toEqual([]);
  });

  it("carries a file in the header of buttons too", async () => {
    const header = { type: "image", media_id: mediaId };
    await send("send_interactive", {
      type: "buttons",
      header,
      body: "b",
      buttons: [{ id: "1", title: "t" }],
    });
    await deliverEvents(ctx);
    expect(payloads()).toMatchObject([{ interactive: { header: { image: { id: "uploaded-1" } } } }]);
  });

  it("gives nobody somebody else's file, and repeats by its key", async () => {
    const to = "+16505559999";
    const other = { type: "image", media_id: mediaId, to, phone_number_id: "102" };
    expect((await refusal("send_media", other, tenants.bob)).code).toBe("not_found");
    const args = { type: "image", url: "https://example.com/a.png", idempotency_key: newKey() };
    const sent = await send("send_media", args);
    expect((await send("send_media", args)).message_id).toBe(sent.message_id);
    expect((await refusal("send_media", { ...args, url: "https://example.com/b.png" })).code).toBe(
      "conflict",
    );
    const rows =
      await ctx.sql`select state, source_url from media_objects where message_id = ${sent.message_id}`;
    expect(rows).toEqual([{ state: "pending", source_url: args.url }]);
  });

  it("refuses an address inside this network without ever asking it", async () => {
    const sent = await send("send_media", { type: "image", url: "https://127.0.0.1/a.png" });
    await deliverEvents(ctx);
    expect(await readMessage(ctx, sent.message_id)).toMatchObject({
      status: "failed",
      error: { reason: expect.stringContaining("address_refused") as string },
    });
  });
});

describe("send_reaction", () => {
  const receive = async (id: string, at = ctx.clock.now()): Promise<string> => {
    await receiveWebhook(ctx, webhookBody("101", { messages: [textFrom(PERSON, id, "hi", at)] }));
    const [row] = await ctx.sql<[{ id: string }]>`select id from messages where wamid = ${id}`;
    return row.id;
  };

  it("names the message by Meta's id, without a quote, and is taken back", async () => {
    const message_id = await receive("wamid.target");
    const sent = await send("send_reaction", { message_id, emoji: "👍" });
    await send("send_reaction", { message_id, emoji: "" });
    await deliverEvents(ctx);
    expect(payloads()).toMatchObject([
      { type: "reaction", reaction: { message_id: "wamid.target", emoji: "👍" } },
      { reaction: { message_id: "wamid.target", emoji: "" } },
    ]);
    expect(payloads()[0]).not.toHaveProperty("context");
    const second = await refusal("send_reaction", { message_id: sent.message_id, emoji: "👍" });
    expect(second.message).toContain("cannot be reacted to");
  });

  it("does not reach what is too old, not there, or in another conversation", async () => {
    const old = await receive("wamid.old", new Date(ctx.clock.now().getTime() - 31 * DAY_MS));
    expect((await refusal("send_reaction", { message_id: old, emoji: "👍" })).code).toBe("conflict");
    const emoji = { emoji: "👍", to: "+16505550001" };
    const elsewhere = await receive("wamid.elsewhere");
    expect((await refusal("send_reaction", { message_id: elsewhere, ...emoji })).code).toBe("not_found");
    expect((await refusal("send_reaction", { message_id: old, emoji: "no" })).code).toBe("invalid_arguments");
  });

  it("does not reach what its author took back, nor what failed", async () => {
    const [revoked, failed] = [await receive("wamid.revoked"), await receive("wamid.failed")];
    await ctx.sql`update messages set revoked_at = now() where id = ${revoked}`;
    await ctx.sql`update messages set direction = 'outbound', status = 'failed' where id = ${failed}`;
    for (const [message_id, words] of [
      [revoked, "taken back"],
      [failed, "failed"],
    ]) {
      const error = await refusal("send_reaction", { message_id, emoji: "👍" });
      expect(error).toMatchObject({
        code: "conflict",
        message: expect.stringContaining(words ?? "") as string,
      });
    }
  });
});

describe("an answer", () => {
  it.each([
    [
      { type: "interactive", interactive: { type: "button_reply", button_reply: { id: "y", title: "Yes" } } },
      { id: "y", title: "Yes" },
    ],
    [
      { type: "interactive", interactive: { type: "list_reply", list_reply: { id: "1", title: "One" } } },
      { id: "1", title: "One" },
    ],
    [
      { type: "location", location: { latitude: 1, longitude: 2 } },
      { latitude: 1, longitude: 2 },
    ],
    [{ type: "reaction", reaction: { message_id: "wamid.scripted-1", emoji: "👍" } }, { emoji: "👍" }],
    [
      {
        type: "contacts",
        contacts: [
          {
            origin: "contact_request",
            name: { formatted_name: "Ada" },
            phones: [{ phone: "+1650", wa_id: "1650" }],
          },
        ],
      },
      { phone: "+1650", wa_id: "1650" },
    ],
  ])("leads to the message that asked: %o", async (told, chosen) => {
    const type = told.type === "contacts" ? "contact_info_request" : "location_request";
    const asked = await send("send_interactive", { type, body: "Where?" });
    await deliverEvents(ctx);
    const { wamid } = await readMessage(ctx, asked.message_id);
    const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
    const message = { from: PERSON, id: "wamid.answer", timestamp, context: { id: wamid }, ...told };
    await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
    const page = await callAs(ctx, tenants.ann, "get_messages", { phone_number_id: "101", limit: 1 });
    const [shown] = page.structuredContent.messages as Record<string, unknown>[];
    expect(shown).toMatchObject({ direction: "inbound", reply_to: asked.message_id });
    expect(JSON.stringify(shown?.untrusted_content)).toContain(JSON.stringify(chosen).slice(1, -1));
  });
});

describe("what was sent", () => {
  const reply = { id: "1", title: "One" };
  it.each([
    ["send_location", { latitude: 48.1, longitude: -2 }, "48.1, -2"],
    [
      "send_location",
      { latitude: 1, longitude: 2, name: "Office", address: "Road 1" },
      "Office\nRoad 1\n1, 2",
    ],
    [
      "send_interactive",
      { type: "buttons", body: "Yes?", footer: "ours", buttons: [reply] },
      "Yes?\nours\n[One]",
    ],
    [
      "send_interactive",
      {
        type: "list",
        header: { type: "text", text: "Today" },
        body: "Which?",
        button: "Choose",
        sections: [
          { title: "First", rows: [{ ...reply, description: "the best" }] },
          { title: "Second", rows: [{ id: "2", title: "Two" }] },
        ],
      },
      "Today\nWhich?\n[Choose]\nFirst\n- One: the best\nSecond\n- Two",
    ],
    [
      "send_interactive",
      { type: "cta_url", body: "Look", button: "Open", url: "https://example.com" },
      "Look\n[Open] https://example.com",
    ],
  ])("can be read and found: %s %j", async (tool, args, body) => {
    const { message_id, conversation_id } = await send(tool, args);
    const page = await callAs(ctx, tenants.ann, "get_messages", { conversation_id, direction: "outbound" });
    expect(page.structuredContent.messages).toMatchObject([{ id: message_id, body }]);
    const query = `"${body.split("\n").at(-1)}"`;
    const found = await callAs(ctx, tenants.ann, "search_messages", { query, conversation_id });
    expect(JSON.stringify(found.structuredContent)).toContain(message_id);
  });

  it("shows a reaction, and that one was taken back", async () => {
    const [row] = await ctx.sql<[{ id: string }]>`select id from messages`;
    await ctx.sql`update messages set wamid = 'wamid.x', occurred_at = ${ctx.clock.now()}`;
    const { conversation_id } = await send("send_reaction", { message_id: row.id, emoji: "👍" });
    await send("send_reaction", { message_id: row.id, emoji: "" });
    const page = await callAs(ctx, tenants.ann, "get_messages", { conversation_id, direction: "outbound" });
    expect(page.structuredContent.messages).toMatchObject([
      { body: "(reaction taken back)" },
      { body: "👍" },
    ]);
  });
});
