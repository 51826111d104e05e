import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

let stack: TestStack;
let sql: Sql;
beforeAll(async () => {
  stack = await openTestStack();
  sql = postgres(stack.databaseUrl, { max: 1 });
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

describe("a key that is revoked while its agent streams and waits", () => {
  it("hears nothing more: the wait and the stream end within a second", async () => {
    const session = await openSession();
    await rpc(session, "resources/subscribe", { uri: "wamcp://inbox" });
    const stream = await fetch(stack.mcpUrl, {
      headers: { ...headers(session), accept: "text/event-stream" },
    });
    expect(stream.status).toBe(200);
    const streamEnd = readToEnd(stream);
    const waitEnd = rpc(session, "tools/call", { name: "wait_for_messages", arguments: { timeout_s: 60 } });
    // Answered after it, so the wait has begun.
    await rpc(session, "tools/call", { name: "ping", arguments: {} });

    const revokedMs = performance.now();
    await sql`update api_keys set revoked_at = now()`;
    await Promise.all([streamEnd, waitEnd]);
    expect(performance.now() - revokedMs).toBeLessThan(1_000);

    await stack.phones.sendFromPerson("16505551234", {
      type: "text",
      text: { body: "not for a revoked key" },
    });
    for (const heard of [await streamEnd, await waitEnd])
      expect(heard).not.toContain("not for a revoked key");
    expect(
      (await fetch(stack.mcpUrl, { method: "POST", headers: headers(session), body: "{}" })).status,
    ).toBe(401);
  });
});

const headers = (session?: string): Record<string, string> => ({
  authorization: `Bearer ${stack.apiKey}`,
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
  ...(session ? { "mcp-session-id": session } : {}),
});

let nextId = 1;
async function rpc(
  session: string | undefined,
  method: string,
  params: Record<string, unknown>,
): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: (nextId += 1), method, params });
  return readToEnd(await fetch(stack.mcpUrl, { method: "POST", headers: headers(session), body }));
}

async function openSession(): Promise<string> {
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  const response = await fetch(stack.mcpUrl, { method: "POST", headers: headers(), body });
  await readToEnd(response);
  return response.headers.get("mcp-session-id") ?? "";
}

async function readToEnd(response: Response): Promise<string> {
  return response.text().catch(() => "cut");
}
