import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { callTool, UnknownToolError } from "#server/utils/mcp/call-tool";
import { catalogue } from "#server/utils/mcp/catalogue";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";
import { placeFile } from "#tests/helpers/server/place-file";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const CANARY = "canary-5e8b";
const PERSON = "16505551234";

let ctx: TestContext;
let tenants: Tenants;
/** Good arguments of every tool. A tool without an entry fails the tests below. */
const ARGUMENTS = new Map<string, Record<string, unknown>>();
const names = catalogue.names();

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const message = textFrom(PERSON, "wamid.1", `${CANARY} by a stranger`, ctx.clock.now());
  const contacts = [{ wa_id: PERSON, profile: { name: `${CANARY} name` } }];
  await receiveWebhook(ctx, webhookBody("101", { contacts, messages: [message] }));
  const send = { to: `+${PERSON}`, body: `${CANARY} by us`, phone_number_id: "101" };
  const { message_id } = await sendAs(ctx, tenants.ann, send);
  ARGUMENTS.set("ping", {});
  ARGUMENTS.set("list_numbers", {});
  ARGUMENTS.set("send_message", send);
  ARGUMENTS.set("get_messages", { contact: `+${PERSON}` });
  ARGUMENTS.set("get_message_status", { message_id });
  const mediaId = newId();
  await ctx.sql`
    insert into media_objects (id, phone_number_id, client_id, direction, kind, state, path, size_bytes, source_url)
    select ${mediaId}, phone_number_id, client_id, 'outbound', 'image', 'ready', 'x/a.png', 1, 'https://example.com/a.png'
    from messages where id = ${message_id}`;
  await placeFile(ctx.system.config.media.root, "x/a.png", sampleFiles.png);
  ARGUMENTS.set("get_media_url", { media_id: mediaId });
  ARGUMENTS.set("cancel_message", { message_id: (await sendAs(ctx, tenants.ann, send)).message_id });
  ARGUMENTS.set("wait_for_messages", { timeout_s: 0 });
  const to = { to: `+${PERSON}`, phone_number_id: "101" };
  const [inbound] = await ctx.sql<[{ id: string }]>`select id from messages where wamid = 'wamid.1'`;
  await ctx.sql`
    insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
    values (${newId()}, '900', '1', 'hello', 'en', 'UTILITY', 'APPROVED', '[{"type": "BODY", "text": "Hi {{1}}"}]', now())`;
  ARGUMENTS.set("send_media", { ...to, type: "image", url: "https://example.com/a.png", caption: CANARY });
  ARGUMENTS.set("send_interactive", { ...to, type: "location_request", body: CANARY });
  ARGUMENTS.set("send_template", { ...to, name: "hello", language: "en", body: [CANARY] });
  ARGUMENTS.set("list_templates", { phone_number_id: "101" });
  ARGUMENTS.set("send_location", { ...to, latitude: 1, longitude: 2, name: CANARY });
  ARGUMENTS.set("send_contacts", { ...to, contacts: [{ name: { formatted_name: CANARY } }] });
  ARGUMENTS.set("send_reaction", { ...to, message_id: inbound.id, emoji: "\u{1F44D}" });
  const [conversation] = await ctx.sql<{ id: string }[]>`
    select id from conversations where owner_client_id = ${tenants.ann.clientId}`;
  ARGUMENTS.set("list_conversations", {});
  ARGUMENTS.set("get_conversation", { conversation_id: conversation?.id });
  ARGUMENTS.set("search_messages", { query: CANARY });
  ARGUMENTS.set("mark_read", { conversation_id: conversation?.id });
});

beforeEach(() => ctx.sql`truncate audit_log`);

afterAll(() => ctx.close());

interface AuditRow {
  action: string;
  outcome: string;
  error_code: string | null;
  actor: string;
  client_id: string;
  api_key_id: string;
  request_id: string;
  message_id: string | null;
}

async function readAudit(): Promise<AuditRow[]> {
  const rows = await ctx.sql<AuditRow[]>`select * from audit_log order by id`;
  const all = JSON.stringify(rows);
  for (const secret of [CANARY, PERSON, tenants.ann.token]) expect(all).not.toContain(secret);
  return [...rows];
}

const argumentsOf = (name: string): Record<string, unknown> => {
  const found = ARGUMENTS.get(name);
  if (!found) throw new Error(`say in this file how ${name} is called`);
  return found;
};

describe.each(names)("%s leaves exactly one audit row", (name) => {
  const action = `tool.${name}`;

  it("when it is carried out", async () => {
    const requestId = newId();
    const answer = await callAs(ctx, tenants.ann, name, argumentsOf(name), { requestId });
    expect(answer.isError).toBe(false);
    expect(await readAudit()).toMatchObject([
      {
        action,
        outcome: "ok",
        error_code: null,
        actor: "key",
        client_id: tenants.ann.clientId,
        api_key_id: tenants.ann.keyId,
        request_id: requestId,
      },
    ]);
  });

  it("when its arguments are refused, which it does not repeat", async () => {
    const args = { ...argumentsOf(name), [CANARY]: CANARY };
    const answer = await callAs(ctx, tenants.ann, name, args);
    expect(errorOf(answer).code).toBe("invalid_arguments");
    expect(await readAudit()).toMatchObject([
      { action, outcome: "refused", error_code: "invalid_arguments" },
    ]);
  });

  it("when the key may not call it", async () => {
    const scopes = names.filter((other) => other !== name).map((other) => `tools:${other}`);
    const key = await mintKey(ctx, tenants.ann.clientId, [...scopes, "tools:*", "numbers:*"]);
    await ctx.sql`truncate audit_log`;
    const answer = await callAs(ctx, key, name, argumentsOf(name));
    expect(errorOf(answer).code).toBe("forbidden");
    expect(await readAudit()).toMatchObject([
      { action, outcome: "refused", error_code: "forbidden", api_key_id: key.keyId },
    ]);
  });
});

describe.each(["send_message", "get_messages", "get_message_status", "get_conversation", "search_messages"])(
  "%s, which has a transaction",
  (name) => {
    it("leaves one row that says so when the database ends it", async () => {
      const held = await holdTable(ctx, "messages");
      const calling = callAs(ctx, tenants.ann, name, argumentsOf(name));
      await held.waitForWaiters();
      await held.endWaiters();
      const answer = await calling;
      await held.release();
      expect(answer.structuredContent.error).toMatchObject({
        code: "unavailable",
        retryable: true,
        retry_after_s: expect.any(Number),
      });
      expect(await readAudit()).toMatchObject([
        { action: `tool.${name}`, outcome: "failed", error_code: "unavailable" },
      ]);
    });

    it("has its audit row in that transaction: without the row there is no effect", async () => {
      await ctx.sql`revoke insert on audit_log from wamcp_client`;
      const [before] = await ctx.sql`select count(*)::int as count from messages`;
      const answer = await callAs(ctx, tenants.ann, name, argumentsOf(name));
      await ctx.sql`grant insert on audit_log to wamcp_client`;
      expect(errorOf(answer).code).toBe("internal");
      const [after] = await ctx.sql`select count(*)::int as count from messages`;
      expect(after).toEqual(before);
      expect(await readAudit()).toMatchObject([{ outcome: "failed", error_code: "internal" }]);
      expect(ctx.logged.join("\n")).not.toContain(CANARY);
      expect(ctx.logged.join("\n")).not.toContain(PERSON);
    });
  },
);

describe("callTool", () => {
  it("answers an internal failure with the request's id and nothing of its cause", async () => {
    const requestId = newId();
    await ctx.sql`revoke select on messages from wamcp_client`;
    const answer = await callAs(ctx, tenants.ann, "get_messages", {}, { requestId });
    await ctx.sql`grant select on messages to wamcp_client`;
    expect(answer.structuredContent.error).toEqual({
      code: "internal",
      message: "The server failed to carry this out.",
      retryable: false,
      request_id: requestId,
      advice: expect.stringContaining("request id"),
    });
  });

  it("audits what a call touched", async () => {
    const { message_id, conversation_id } = await sendAs(ctx, tenants.ann, argumentsOf("send_message"));
    const [row] = await readAudit();
    expect(row).toMatchObject({ message_id, conversation_id, phone_number_id: tenants.numbers.ann.id });
  });

  it("audits a refusal whose verb had begun its transaction once, and undoes the transaction", async () => {
    const [before] = await ctx.sql`select count(*)::int as count from messages`;
    const args = { ...argumentsOf("send_message"), reply_to: "wamid.nothing" };
    expect(errorOf(await callAs(ctx, tenants.ann, "send_message", args)).code).toBe("not_found");
    expect(await readAudit()).toMatchObject([{ outcome: "refused", error_code: "not_found" }]);
    const [after] = await ctx.sql`select count(*)::int as count from messages`;
    expect(after).toEqual(before);
  });

  it("knows no tool by another name, and keeps that name out of the record", async () => {
    const call = {
      name: "drop_tables",
      arguments: {},
      principal: tenants.ann.principal,
      requestId: newId(),
      signal: new AbortController().signal,
    };
    await expect(callTool(ctx.system, call)).rejects.toBeInstanceOf(UnknownToolError);
    const rows = await readAudit();
    expect(rows).toMatchObject([{ action: "tool.unknown", outcome: "refused", error_code: "not_found" }]);
    expect(JSON.stringify(rows)).not.toContain("drop_tables");
  });

  it("does not take tools:* from a client that is not the owner", async () => {
    const key = await mintKey(ctx, tenants.bob.clientId, ["tools:*", "numbers:*"]);
    expect(errorOf(await callAs(ctx, key, "ping")).code).toBe("forbidden");
    expect((await callAs(ctx, tenants.owner, "ping")).isError).toBe(false);
    expect(catalogue.describe(key.principal)).toEqual([]);
  });

  it("writes one row for each of 50 calls at once", async () => {
    await Promise.all(Array.from({ length: 50 }, () => callAs(ctx, tenants.ann, "ping")));
    expect(await readAudit()).toHaveLength(50);
  });
});
