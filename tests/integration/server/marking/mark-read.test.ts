import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { serveFunctions, type HandedEvent } from "#tests/helpers/server/serve-functions";
import { startGraphStub, type GraphStub } from "#tests/helpers/server/start-graph-stub";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const DAY_MS = 24 * 60 * 60_000;

interface Marked {
  conversation_id: string;
  unread: number;
  receipt: boolean;
}

let graph: GraphStub;
let ctx: TestContext;
let tenants: Tenants;
let count = 0;

beforeAll(async () => {
  graph = await startGraphStub();
  ctx = await createTestContext({
    config: { graph: { baseUrl: graph.url, version: "v23.0", timeoutMs: 5_000 } },
  });
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  graph.answer(200, { success: true });
  graph.requests.length = 0;
  await ctx.sql`delete from outbox`;
});

afterAll(async () => {
  await ctx.close();
  await graph.close();
});

/** What a person writes to ann's number; gives the conversation and the message. */
async function hear(person: string): Promise<{ conversation_id: string; message_id: string; wamid: string }> {
  ctx.clock.advance(1_000);
  const wamid = `wamid.m${(count += 1)}`;
  const message = textFrom(person, wamid, "hello", ctx.clock.now());
  await receiveWebhook(ctx, webhookBody("101", { messages: [message] }));
  const [row] = await ctx.sql<[{ conversation_id: string; message_id: string }]>`
    select conversation_id, id as message_id from messages where wamid = ${wamid}`;
  return { ...row, wamid };
}

/** Anything that a person sends a second later; gives its wamid. */
async function receive(person: string, more: Json): Promise<string> {
  ctx.clock.advance(1_000);
  const wamid = `wamid.m${(count += 1)}`;
  const { text: _, ...message } = textFrom(person, wamid, "", ctx.clock.now());
  await receiveWebhook(ctx, webhookBody("101", { messages: [{ ...message, ...more }] }));
  return wamid;
}

async function receiveChange(field: string, value: Json): Promise<void> {
  const metadata = { display_phone_number: "15550101", phone_number_id: "101" };
  const changes = [{ field, value: { messaging_product: "whatsapp", metadata, ...value } }];
  await receiveWebhook(ctx, { entry: [{ id: "900", changes }] });
}

async function mark(args: Json, tenant: Pick<Tenant, "principal"> = tenants.ann): Promise<Marked> {
  const answer = await callAs(ctx, tenant, "mark_read", args);
  if (answer.isError) throw new Error(errorOf(answer).message);
  return answer.structuredContent as unknown as Marked;
}

const events = async (): Promise<HandedEvent[]> => [
  ...(await ctx.sql<HandedEvent[]>`select name, data from outbox where name = 'wa/message.read' order by id`),
];

/** Has the function handle every event there is; gives what it answered. */
async function run(): Promise<string[]> {
  const functions = serveFunctions(ctx.system);
  const answers: string[] = [];
  for (const event of await events()) answers.push((await functions.run("mark-read", event)).text);
  return answers;
}

describe("mark_read", () => {
  it("sets unread to 0 and tells Meta of the newest message, once however often it is run", async () => {
    await hear("16505550001");
    const { conversation_id, wamid } = await hear("16505550001");
    expect(await mark({ conversation_id })).toEqual({ conversation_id, unread: 0, receipt: true });
    expect(JSON.stringify(await events())).not.toContain(wamid);
    expect(await run()).toEqual(['"done"']);
    const path = "/v23.0/101/messages";
    const body = { messaging_product: "whatsapp", status: "read", message_id: wamid };
    expect(graph.requests).toEqual([{ method: "POST", path, body, authorization: "Bearer access-token" }]);
    expect(await run()).toEqual(['"skipped"']);
    expect(await mark({ conversation_id })).toMatchObject({ unread: 0 });
    expect(await run()).toEqual(['"skipped"', '"skipped"']);
    expect(graph.requests).toHaveLength(1);
  });

  it("marks up to a message, and leaves what came after it unread", async () => {
    const first = await hear("16505550002");
    await hear("16505550002");
    await hear("16505550002");
    const marked = await mark({ message_id: first.message_id });
    expect(marked).toEqual({ conversation_id: first.conversation_id, unread: 2, receipt: true });
    await run();
    expect(graph.requests).toMatchObject([{ body: { message_id: first.wamid } }]);
    await mark({ conversation_id: first.conversation_id });
    expect(await mark({ message_id: first.message_id }), "what was read stays so").toMatchObject({
      unread: 0,
    });
  });

  it("shows that somebody types, also on what was read, and not when it comes too late", async () => {
    const { conversation_id } = await hear("16505550003");
    await mark({ conversation_id });
    await run();
    await mark({ conversation_id, typing: true });
    await run();
    const typing = { typing_indicator: { type: "text" } };
    expect(graph.requests.map(({ body }) => body)).toMatchObject([{ status: "read" }, typing]);
    ctx.clock.advance(25_000);
    expect(await run()).toEqual(['"skipped"', '"skipped"']);
    expect(graph.requests).toHaveLength(2);
  });

  const about = (wamid: string) => ({ original_message_id: wamid });
  it.each<[string, (wamid: string) => Json]>([
    ["a reaction", (wamid) => ({ type: "reaction", reaction: { message_id: wamid, emoji: "\u{1F44D}" } })],
    ["a revoke of another one", () => ({ type: "revoke", revoke: about("wamid.other") })],
    ["what nobody can read", () => ({ type: "unsupported", errors: [{ code: 131051 }] })],
  ])("tells Meta of the message when %s came after it", async (_what, moreOf) => {
    const person = `1650555090${(count += 1)}`;
    const { conversation_id, wamid } = await hear(person);
    await receive(person, moreOf(wamid));
    await mark({ conversation_id });
    await run();
    expect(graph.requests).toMatchObject([{ body: { message_id: wamid } }]);
  });

  it("tells Meta of what nobody can read where there is nothing else", async () => {
    const person = "16505550801";
    const wamid = await receive(person, { type: "unsupported", errors: [{ code: 131051 }] });
    const [row] = await ctx.sql`select conversation_id from messages where wamid = ${wamid}`;
    expect(await mark({ conversation_id: String(row?.conversation_id) })).toMatchObject({ receipt: true });
  });

  it("tells Meta of the message when a wish about marketing, or another agent's message, came after it", async () => {
    const person = "16505550802";
    const { conversation_id, wamid } = await hear(person);
    ctx.clock.advance(1_000);
    const timestamp = Math.floor(ctx.clock.now().getTime() / 1000);
    const wish = { wa_id: person, category: "marketing_messages", value: "stop", timestamp };
    await receiveChange("user_preferences", { user_preferences: [wish] });
    const later = textFrom(person, "wamid.standby", "for another agent", ctx.clock.now());
    await receiveChange("standby", { messages: [later] });
    const rows =
      await ctx.sql`select quiet from messages where conversation_id = ${conversation_id} and quiet`;
    expect(rows).toHaveLength(2);
    await mark({ conversation_id });
    await run();
    expect(graph.requests).toMatchObject([{ body: { message_id: wamid } }]);
  });

  it.each([
    [131009, 400],
    [100, 400],
    [190, 401],
  ])("takes a refusal with %i as final", async (code, status) => {
    const { conversation_id } = await hear("16505550004");
    graph.answer(status, { error: { message: "(#100) +16505550004", code } });
    await mark({ conversation_id });
    expect(await run()).toEqual(['"refused"']);
  });

  it.each([
    [{ error: { code: 130429 } }, 400],
    [{ error: { code: 131000 } }, 500],
    ["<html>", 502],
  ])("is run again after %j, with nothing of it in what Inngest keeps", async (body, status) => {
    const { conversation_id } = await hear("16505550005");
    graph.answer(status, body);
    await mark({ conversation_id });
    const [answer] = await run();
    expect(answer).toContain("unavailable");
    graph.answer(200, { success: true });
    expect(await run()).toEqual(['"done"']);
  });

  it("sends nothing for what is older than 30 days, or for nobody's words", async () => {
    const { conversation_id, message_id } = await hear("16505550006");
    await mark({ conversation_id });
    ctx.clock.advance(31 * DAY_MS);
    expect(await run(), "queued in time, run too late").toEqual(['"skipped"']);
    await ctx.sql`delete from outbox`;
    await ctx.sql`update conversations set unread_count = 3 where id = ${conversation_id}`;
    for (const args of [{ message_id }, { conversation_id }]) {
      expect(await mark(args)).toEqual({ conversation_id, unread: 0, receipt: false });
    }
    const sent = await sendAs(ctx, tenants.ann, { to: "+16505550007", phone_number_id: "101" });
    const silent = { conversation_id: sent.conversation_id };
    expect(await mark(silent)).toEqual({ ...silent, unread: 0, receipt: false });
    expect(await events()).toEqual([]);
    expect(graph.requests).toEqual([]);
    const answer = await callAs(ctx, tenants.ann, "mark_read", { message_id: sent.message_id });
    expect(errorOf(answer).code).toBe("invalid_arguments");
  });

  it("is refused for what is not the caller's, and leaves it unread", async () => {
    const { conversation_id, message_id } = await hear("16505550008");
    const scoped = await mintKey(ctx, tenants.ann.clientId, ["tools:mark_read", "numbers:103"]);
    const none = await mintKey(ctx, tenants.ann.clientId, ["tools:mark_read"]);
    for (const tenant of [tenants.bob, scoped, none]) {
      for (const args of [{ conversation_id }, { message_id }]) {
        expect(errorOf(await callAs(ctx, tenant, "mark_read", args)).code).toBe("not_found");
      }
    }
    const reader = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"]);
    expect(errorOf(await callAs(ctx, reader, "mark_read", { conversation_id })).code).toBe("forbidden");
    for (const args of [{}, { conversation_id, message_id }]) {
      expect(errorOf(await callAs(ctx, tenants.ann, "mark_read", args)).code).toBe("invalid_arguments");
    }
    const [row] = await ctx.sql`select unread_count from conversations where id = ${conversation_id}`;
    expect(row).toEqual({ unread_count: 1 });
    expect(await events()).toEqual([]);
  });
});
