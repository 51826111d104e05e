import { request } from "node:http";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectHttp } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { postWebhook } from "#tests/helpers/stack/post-webhook";

let stack: TestStack;
let client: Client;
let sql: Sql;
beforeAll(async () => {
  stack = await openTestStack();
  client = await connectHttp(stack);
  sql = postgres(stack.databaseUrl, { max: 1 });
});
afterAll(async () => {
  await client?.close();
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

const countInbox = async (): Promise<number> => {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from webhook_inbox`;
  return row?.count ?? -1;
};

describe("POST /webhook/meta", () => {
  it.each([
    ["no signature", null],
    ["a wrong signature", `sha256=${"0".repeat(64)}`],
    ["a signature that is none", "sha256=abc"],
  ])("answers 404 to %s and stores nothing", async (_what, signature) => {
    const before = await countInbox();
    const response = await postWebhook(stack, '{"entry":[]}', signature);
    expect(response.status).toBe(404);
    expect(await countInbox()).toBe(before);
  });

  it("stores what is signed but not JSON, answers 200, and makes it a dead letter", async () => {
    const body = `not JSON ${Date.now()}`;
    const response = await postWebhook(stack, body);
    expect(response.status).toBe(200);
    await vi.waitFor(async () => {
      const rows = await sql`select state, error from webhook_inbox where body = ${Buffer.from(body)}`;
      expect(rows).toMatchObject([
        { state: "dead", error: { dead_letters: [{ reason: "the body is not JSON" }] } },
      ]);
    }, 10_000);
  });

  it("takes a body of 3 MB and refuses one over its limit with 413", async () => {
    expect((await postWebhook(stack, JSON.stringify({ pad: "x".repeat(3_000_000) }))).status).toBe(200);
    const before = await countInbox();
    expect((await postWebhook(stack, Buffer.alloc(4 * 1024 * 1024 + 1, 0x20))).status).toBe(413);
    expect(await countInbox()).toBe(before);
  });
});

describe("GET /webhook/meta", () => {
  const handshake = (token: string): Promise<Response> =>
    fetch(`${stack.webhookUrl}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`);

  it("returns the bare challenge for the right token", async () => {
    const response = await handshake(stack.secrets.verifyToken);
    expect([response.status, await response.text()]).toEqual([200, "1158201444"]);
    expect(response.headers.get("content-type")).toContain("text/plain");
  });

  it("answers 403 to a wrong token", async () => {
    const response = await handshake("wrong");
    expect([response.status, await response.text()]).toEqual([403, ""]);
  });
});

describe("/mcp", () => {
  const post = (body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(stack.mcpUrl, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });

  it.each([
    ["no key", undefined],
    ["a key that is none", "Bearer nonsense"],
    ["a key with a wrong checksum", `Bearer wamcp_live_${"a".repeat(40)}`],
    ["another scheme", "Basic d2FtY3A6"],
  ])("answers 401 with WWW-Authenticate to %s", async (_what, authorization) => {
    const response = await post("{}", authorization ? { authorization } : {});
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await response.json()).toMatchObject({ error: { data: { code: "unauthorized" } } });
  });

  it("answers 401 to two Authorization headers, even when both are right", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const value = `Bearer ${stack.apiKey}`;
      const call = request(stack.mcpUrl, {
        method: "POST",
        headers: { authorization: [value, value] as never },
      });
      call.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
      call.end("{}");
    });
    expect(status).toBe(401);
  });

  it("does not take a key from the address", async () => {
    const response = await fetch(`${stack.mcpUrl}?api_key=${stack.apiKey}`, { method: "POST", body: "{}" });
    expect(response.status).toBe(401);
  });

  it("answers 400 to what is not JSON, and 404 to an unknown session", async () => {
    const authorization = `Bearer ${stack.apiKey}`;
    expect((await post("{", { authorization })).status).toBe(400);
    const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect((await post(ping, { authorization, "mcp-session-id": "nobody" })).status).toBe(404);
  });

  it("answers 413 to a body over a megabyte", async () => {
    const response = await post("x".repeat(1024 * 1024 + 1), { authorization: `Bearer ${stack.apiKey}` });
    expect(response.status).toBe(413);
  });
});

describe("tools/call", () => {
  it("answers -32602 for an unknown tool", async () => {
    await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
  });

  it.each([
    ["to", { body: "x" }],
    ["body", { to: "+16505551234", body: "x".repeat(4097) }],
    ["body", { to: "+16505551234", body: 7 }],
    ["surprise", { to: "+16505551234", body: "x", surprise: "secret words" }],
    ["to", { to: "secret words", body: "x" }],
  ])("names the field %s of bad arguments in an error result", async (field, args) => {
    const result = await client.callTool({ name: "send_message", arguments: args });
    expect(result.isError).toBe(true);
    const text = JSON.stringify(result.structuredContent);
    expect(result.structuredContent).toMatchObject({
      error: { code: "invalid_arguments", retryable: false },
    });
    expect(text).toContain(field);
    expect(text).not.toContain("secret words");
  });

  it("answers not_found for ids that are nobody's", async () => {
    const nobody = "01980000-0000-7000-8000-000000000000";
    for (const [name, args] of [
      ["get_message_status", { message_id: nobody }],
      ["get_messages", { conversation_id: nobody }],
      ["wait_for_messages", { conversation_id: nobody, timeout_s: 1 }],
      ["send_message", { to: nobody, body: "x" }],
      ["send_message", { to: "+16505551234", body: "x", phone_number_id: "999" }],
    ] as const) {
      const result = await client.callTool({ name, arguments: args });
      expect(result.structuredContent, name).toMatchObject({ error: { code: "not_found" } });
    }
  });
});
