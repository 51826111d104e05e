import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "#server/utils/mcp/catalogue";
import { createSurface } from "#server/utils/mcp/create-surface";
import {
  createModernExchanges,
  type ModernExchanges,
} from "#server/utils/mcp/modern/create-modern-exchanges";
import type { McpSurface } from "#server/utils/mcp/surface";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { createModernClient, type ModernClient } from "#tests/helpers/server/create-modern-client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

interface Failure {
  readonly error: { readonly code: string };
}

let ctx: TestContext;
let tenants: Tenants;
let exchanges: ModernExchanges;
let ann: ModernClient;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  exchanges = createModernExchanges(ctx.system, createSurface(ctx.system));
  ann = createModernClient(exchanges, tenants.ann.principal);
});
afterAll(async () => {
  exchanges?.close();
  await ctx?.close();
});

const PRIVATE = { cacheScope: "private", resultType: "complete" };
const auditsOf = async (action: string): Promise<number> =>
  Number(
    (await ctx.sql<[{ count: string }]>`select count(*) from audit_log where action = ${action}`)[0].count,
  );

describe("requests of MCP 2026-07-28", () => {
  it("discover what the server is and can", async () => {
    const { status, result } = await ann.ask("server/discover");
    expect(status).toBe(200);
    expect(result).toMatchObject({
      ...PRIVATE,
      ttlMs: 600_000,
      supportedVersions: ["2026-07-28"],
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
      },
      instructions: expect.stringContaining("WhatsApp"),
    });
    expect(result?._meta).toMatchObject({
      "io.modelcontextprotocol/serverInfo": { name: "whatsapp-mcp-server" },
    });
  });

  it.each([
    ["without a state", {}],
    ["with one", { requestState: "A".repeat(80), inputResponses: {} }],
  ])("count and are recorded, however deep their arguments are nested: %s", async (_, retry) => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:ping"], { rpmLimit: 1, dailyMsgLimit: 1 });
    const client = createModernClient(exchanges, key.principal);
    const x = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown;
    const call = () => client.ask("tools/call", { name: "ping", arguments: { x }, ...retry });
    const answers = [await call(), await call()];
    const codes = answers.map(({ result }) => (result?.structuredContent as Failure | undefined)?.error.code);
    expect(codes).toEqual(["invalid_arguments", "rate_limited"]);
    const rows = await ctx.sql`select error_code from audit_log where api_key_id = ${key.keyId} order by id`;
    expect(rows.map(({ error_code: code }) => code as string)).toEqual(codes);
  });

  it("list what the key may use, in one order, for this key alone", async () => {
    const first = await ann.ask("tools/list");
    expect(first.result).toMatchObject({ ...PRIVATE, ttlMs: 60_000 });
    const tools = first.result?.tools as { name: string }[];
    expect(tools.map(({ name }) => name)).toEqual(catalogue.names());
    expect((await ann.ask("tools/list")).result?.tools).toEqual(tools);
    const narrow = await mintKey(ctx, tenants.ann.clientId, ["tools:ping"]);
    const { result } = await createModernClient(exchanges, narrow.principal).ask("tools/list");
    expect(result?.tools).toMatchObject([{ name: "ping" }]);
    for (const method of ["prompts/list", "resources/templates/list", "resources/list"]) {
      expect((await ann.ask(method)).result).toMatchObject(PRIVATE);
    }
  });

  it("complete an argument", async () => {
    const ref = { type: "ref/resource", uri: "wamcp://conversations/{conversation_id}" };
    const { result } = await ann.ask("completion/complete", {
      ref,
      argument: { name: "conversation_id", value: "" },
    });
    expect(result).toMatchObject({ completion: { values: expect.any(Array) } });
  });

  it("call a tool and leave one audit row", async () => {
    const before = await auditsOf("tool.list_numbers");
    const { status, result } = await ann.ask("tools/call", { name: "list_numbers", arguments: {} });
    expect(status).toBe(200);
    expect(result).toMatchObject({
      resultType: "complete",
      isError: false,
      structuredContent: { numbers: [{ phone_number_id: "101" }, { phone_number_id: "103" }] },
    });
    expect(await auditsOf("tool.list_numbers")).toBe(before + 1);
  });

  it("answer wrong arguments and a used-up rate as results that the model reads", async () => {
    const wrong = await ann.ask("tools/call", { name: "get_messages", arguments: { limit: "many" } });
    expect(wrong.result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "invalid_arguments" } },
    });
    const limits = { rpmLimit: 1, dailyMsgLimit: 1 };
    const slow = await mintKey(ctx, tenants.ann.clientId, ["tools:ping"], limits);
    const client = createModernClient(exchanges, slow.principal);
    await client.ask("tools/call", { name: "ping", arguments: {} });
    expect((await client.ask("tools/call", { name: "ping", arguments: {} })).result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "rate_limited", retryable: true } },
    });
  });

  it.each([
    ["an unknown tool", "tools/call", { name: "no_such_tool", arguments: {} }, 200, -32602],
    ["an unknown resource", "resources/read", { uri: "wamcp://numbers/1/messages" }, 200, -32602],
    ["an unknown prompt", "prompts/get", { name: "no_such_prompt" }, 200, -32602],
    ["an unknown method", "tools/destroy", {}, 404, -32601],
    ["a method of the other era", "resources/subscribe", { uri: "wamcp://inbox" }, 404, -32601],
  ])("refuse %s", async (_, method, params, status, code) => {
    expect(await ann.ask(method, params)).toMatchObject({ status, error: { code } });
  });

  it.each([
    ["a method in the header that is not the body's", { "mcp-method": "tools/list" }],
    ["a tool in the header that is not the body's", { "mcp-name": "send_message" }],
  ])("refuse %s", async (_, headers) => {
    const answer = await ann.ask("tools/call", { name: "ping", arguments: {} }, { headers });
    expect(answer).toMatchObject({ status: 400, error: { code: -32020 } });
  });

  it("refuse a version that is not served, and name the one that is", async () => {
    const meta = { "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
    const headers = { "mcp-protocol-version": "2099-01-01" };
    const answer = await ann.ask("tools/list", {}, { meta, headers });
    expect(answer).toMatchObject({ status: 400, error: { data: { supported: ["2026-07-28"] } } });
  });

  it("read a resource, not to be kept", async () => {
    const { result } = await ann.ask("resources/read", { uri: "wamcp://inbox" });
    expect(result).toMatchObject({
      ...PRIVATE,
      ttlMs: 0,
      contents: [{ uri: "wamcp://inbox", mimeType: "application/json" }],
    });
  });

  it("say nothing of an error that nobody foresaw", async () => {
    const surface: McpSurface = {
      ...createSurface(ctx.system),
      listResources: () => Promise.reject(new Error("relation secrets does not exist")),
    };
    const broken = createModernExchanges(ctx.system, surface);
    const answer = await createModernClient(broken, tenants.ann.principal).ask("resources/list");
    broken.close();
    expect(answer.error).toMatchObject({ code: -32603 });
    expect(JSON.stringify(answer)).not.toContain("secrets");
    expect(ctx.logged.join("\n")).toContain("relation secrets does not exist");
  });

  it("tell progress on the stream of the request itself, when that was asked for", async () => {
    const { message_id: id } = await sendAs(ctx, tenants.ann, { to: "+16505551000", phone_number_id: "101" });
    expect(id).toBeTruthy();
    const call = { name: "wait_for_messages", arguments: { timeout_s: 0 } };
    expect((await ann.ask("tools/call", call)).notifications).toEqual([]);
    const waiting = ann.ask(
      "tools/call",
      { name: "wait_for_messages", arguments: { timeout_s: 1 } },
      { meta: { progressToken: "mine" } },
    );
    const { notifications, result } = await waiting;
    expect(result).toMatchObject({ isError: false });
    expect(notifications[0]).toMatchObject({
      method: "notifications/progress",
      params: { progressToken: "mine" },
    });
  });

  it("are cancelled by leaving, and leave nothing behind", async () => {
    const listeners = ctx.changes.listenerCount;
    const connection = new AbortController();
    const call = { name: "wait_for_messages", arguments: { timeout_s: 110 } };
    const waiting = ann.ask("tools/call", call, { connection: connection.signal });
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners + 1));
    expect(exchanges.size).toBe(1);
    connection.abort();
    await waiting;
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners));
    expect(exchanges.size).toBe(0);
  });

  it("end at once when their key is revoked, and say why", async () => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:wait_for_messages", "numbers:101"]);
    const listeners = ctx.changes.listenerCount;
    const call = { name: "wait_for_messages", arguments: { timeout_s: 110 } };
    const waiting = createModernClient(exchanges, key.principal).ask("tools/call", call);
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners + 1));
    await ctx.sql`update api_keys set revoked_at = now() where id = ${key.keyId}`;
    await exchanges.refresh(tenants.ann.clientId);
    expect(await waiting).toMatchObject({ status: 401, error: { code: -32001 } });
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners));
    expect(exchanges.size).toBe(0);
  });

  it("end when their key expires, which nothing announces", async () => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:wait_for_messages", "numbers:101"]);
    const principal = { ...key.principal, expiresAt: new Date(ctx.clock.now().getTime() + 60_000) };
    const call = { name: "wait_for_messages", arguments: { timeout_s: 110 } };
    const waiting = createModernClient(exchanges, principal).ask("tools/call", call);
    ctx.clock.advance(60_000);
    expect(await waiting).toMatchObject({ status: 401 });
  });
});
