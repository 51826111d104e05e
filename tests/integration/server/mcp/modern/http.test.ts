import { request as openRequest } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { App } from "#server/utils/app";
import { createAuthenticator } from "#server/utils/auth/create-authenticator";
import { createAddressReader } from "#server/utils/auth/create-address-reader";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { createModernExchanges } from "#server/utils/mcp/modern/create-modern-exchanges";
import { serveMcp } from "#server/utils/mcp/serve-mcp";
import { connectLegacy } from "#tests/helpers/clients/connect-legacy";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { eventually } from "#tests/helpers/eventually";
import { buildModernRequest } from "#tests/helpers/server/build-modern-request";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";
import type { Listening } from "#tests/unit/server/helpers/listen";
import { serveEvent } from "#tests/unit/server/helpers/serve-event";

const INBOX = "wamcp://inbox";
// More than the second within which access ends, which tests/e2e/server/modern.test.ts measures: a busy machine may stand still.
const SOON_MS = 5_000;

let ctx: TestContext;
let tenants: Tenants;
let app: Pick<App, "exchanges" | "sessions">;
let served: Listening;
let mcpUrl: string;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const { system } = ctx;
  const authenticator = createAuthenticator(system);
  const surface = createSurface(system);
  app = {
    exchanges: createModernExchanges(system, surface),
    sessions: createLegacySessions(system, surface),
  };
  const whole = {
    ...app,
    config: system.config,
    log: system.log,
    readAddress: createAddressReader([]),
    authenticator,
  };
  await ctx.database.listen(
    "wamcp_access",
    (clientId) => {
      authenticator.forget(clientId);
      void app.exchanges.refresh(clientId);
    },
    () => {},
  );
  served = await serveEvent((event) => serveMcp(event, whole as unknown as App));
  mcpUrl = `${served.url}/mcp`;
});
// Whoever left is noticed a moment later.
beforeEach(() =>
  eventually(() => {
    if (app.exchanges.size + ctx.changes.listenerCount > 0) throw new Error("somebody is still there");
  }),
);
afterAll(async () => {
  app?.exchanges.close();
  await app?.sessions.close();
  await served?.stop();
  await ctx?.close();
});

const connect = async (): Promise<Client> => {
  const client = await connectModern({ mcpUrl, apiKey: tenants.ann.token });
  onTestFinished(() => client.close());
  return client;
};

async function write(text = "hello"): Promise<void> {
  const from = `1650559${Math.floor(Math.random() * 10_000)}`;
  const messages = [textFrom(from, `wamid.${Math.random()}`, text, ctx.clock.now())];
  await receiveWebhook(ctx, webhookBody("101", { messages }));
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const { web } = buildModernRequest({ method: "tools/list" });
  return fetch(mcpUrl, {
    method: "POST",
    headers: { ...Object.fromEntries(web.headers), authorization: `Bearer ${tenants.ann.token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("one address for clients of both eras", () => {
  it("serves the SDK's client of 2026-07-28", async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ name: "whatsapp-mcp-server" });
    const { tools } = await client.listTools();
    expect(tools[0]).toMatchObject({ name: "ping" });
    expect(await client.callTool({ name: "ping", arguments: {} })).toMatchObject({
      structuredContent: { ok: true },
    });
    expect((await client.readResource({ uri: INBOX })).contents).toHaveLength(1);
    await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
  });

  it("serves a client that finds out by itself, and one of 2025-11-25", async () => {
    const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
      requestInit: { headers: { authorization: `Bearer ${tenants.ann.token}` } },
    });
    const auto = new Client({ name: "auto", version: "1" }, { versionNegotiation: { mode: "auto" } });
    await auto.connect(transport);
    expect(auto.getNegotiatedProtocolVersion()).toBe("2026-07-28");
    await auto.close();
    const { client } = await connectLegacy({ mcpUrl, apiKey: tenants.ann.token });
    expect((await client.listTools()).tools[0]).toMatchObject({ name: "ping" });
    await client.close();
  });

  it("notifies of a message soon after its arrival, and forgets who leaves", async () => {
    const client = await connect();
    const heard: string[] = [];
    client.setNotificationHandler(
      "notifications/resources/updated",
      ({ params }) => void heard.push(params.uri),
    );
    const listeners = ctx.changes.listenerCount;
    const subscription = await client.listen({
      resourceSubscriptions: [INBOX, "wamcp://numbers/102/messages"],
    });
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [INBOX] });
    await write();
    const arrivedMs = performance.now();
    await eventually(() => expect(heard).toEqual([INBOX]));
    expect(performance.now() - arrivedMs).toBeLessThan(SOON_MS);
    await subscription.close();
    await eventually(() => expect(app.exchanges.size).toBe(0));
    expect(ctx.changes.listenerCount).toBe(listeners);
  });

  it("forgets a stream whose connection broke, without a word", async () => {
    const listeners = ctx.changes.listenerCount;
    const { web, body } = buildModernRequest({
      method: "subscriptions/listen",
      params: { notifications: { resourceSubscriptions: [INBOX], resourcesListChanged: true } },
    });
    const headers = { ...Object.fromEntries(web.headers), authorization: `Bearer ${tenants.ann.token}` };
    const outgoing = openRequest(mcpUrl, { method: "POST", headers, agent: false });
    outgoing.on("error", () => {});
    outgoing.on("response", (response) => void response.resume().on("error", () => {}));
    outgoing.end(JSON.stringify(body));
    await eventually(() => expect(app.exchanges.size).toBe(1));
    outgoing.destroy();
    await eventually(() => expect(app.exchanges.size).toBe(0));
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners));
  });

  it("cancels a call when its connection is closed", async () => {
    const client = await connect();
    const cancel = new AbortController();
    const listeners = ctx.changes.listenerCount;
    const call = { name: "wait_for_messages", arguments: { timeout_s: 100 } };
    // What is unread would end it at once.
    await client.callTool({ name: "wait_for_messages", arguments: { timeout_s: 0 } });
    const { structuredContent } = await client.callTool({
      name: "wait_for_messages",
      arguments: { timeout_s: 0, limit: 100 },
    });
    const { cursor } = structuredContent as { cursor: string };
    const waiting = client.callTool(
      { ...call, arguments: { ...call.arguments, cursor } },
      { signal: cancel.signal },
    );
    waiting.catch(() => {});
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners + 1));
    cancel.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners));
    await eventually(() => expect(app.exchanges.size).toBe(0));
  });

  it("has a person asked through the client, which makes the call again by itself", async () => {
    await ctx.sql`update grants set confirm_policy = 'always' where client_id = ${tenants.ann.clientId}`;
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:send_message", "numbers:101"]);
    const client = new Client(
      { name: "asking", version: "1" },
      {
        versionNegotiation: { mode: { pin: "2026-07-28" } },
        capabilities: { elicitation: { form: {} } },
      },
    );
    const questions: string[] = [];
    client.setRequestHandler("elicitation/create", ({ params }) => {
      questions.push(params.message);
      return { action: "accept", content: {} };
    });
    const requestInit = { headers: { authorization: `Bearer ${key.token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(mcpUrl), { requestInit }));
    onTestFinished(() => client.close());
    const answer = await client.callTool({
      name: "send_message",
      arguments: { to: "+16505571999", body: "shall it go?" },
    });
    expect(questions).toEqual([expect.stringContaining("shall it go?")]);
    expect(answer.structuredContent).toMatchObject({ status: "queued" });
    await ctx.sql`update grants set confirm_policy = 'never' where client_id = ${tenants.ann.clientId}`;
  });

  it("ends streams and calls of a revoked key soon", async () => {
    const key = await mintKey(ctx, tenants.ann.clientId, [
      "tools:wait_for_messages",
      "tools:get_messages",
      "numbers:101",
    ]);
    const client = await connectModern({ mcpUrl, apiKey: key.token });
    onTestFinished(() => client.close());
    const subscription = await client.listen({ resourceSubscriptions: [INBOX] });
    const { structuredContent } = await client.callTool({
      name: "wait_for_messages",
      arguments: { timeout_s: 0, limit: 100 },
    });
    const { cursor } = structuredContent as { cursor: string };
    const waiting = client.callTool({ name: "wait_for_messages", arguments: { timeout_s: 100, cursor } });
    waiting.catch(() => {});
    await eventually(() => expect(app.exchanges.size).toBe(2));
    const endedMs = performance.now();
    await ctx.sql`update api_keys set revoked_at = now() where id = ${key.keyId}`;
    expect(await subscription.closed).toBe("graceful");
    await expect(waiting).rejects.toMatchObject({ status: 401 });
    expect(performance.now() - endedMs).toBeLessThan(SOON_MS);
    await expect(client.callTool({ name: "wait_for_messages", arguments: {} })).rejects.toThrow(
      /valid API key|401|Unauthorized/i,
    );
  });
});

describe("what is no request of either era", () => {
  const modern = buildModernRequest({ method: "tools/list" }).body as Record<string, unknown>;

  it.each([
    ["no JSON", "{", {}, 400, -32700],
    ["a body of the wrong type", modern, { "content-type": "text/plain" }, 415, -32000],
    ["a version in the header alone", { jsonrpc: "2.0", id: 1, method: "tools/list" }, {}, 400, -32602],
    ["a batch of this era", [modern], {}, 400, -32600],
    ["no JSON-RPC", { hello: "world" }, {}, 400, -32600],
  ])("is answered by whoever knows: %s", async (_, body, headers, status, code) => {
    const response = await post(body, headers);
    expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
  });

  it("is refused when it is too large, and when it shows no key", async () => {
    const large = await post({ ...modern, padding: "x".repeat(1024 * 1024) });
    expect(large.status).toBe(413);
    const anonymous = await post(modern, { authorization: "" });
    expect([anonymous.status, anonymous.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("Bearer"),
    ]);
  });

  it("acknowledges a notification", async () => {
    const response = await post(
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } },
      { "mcp-method": "notifications/cancelled" },
    );
    expect(response.status).toBe(202);
    expect(app.exchanges.size).toBe(0);
  });
});
