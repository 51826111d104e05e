import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import { startPostgres, type LocalPostgres } from "#dev/postgres/start-postgres";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { postWebhook } from "#tests/helpers/stack/post-webhook";

let dir: string;
let postgres: LocalPostgres;
let stack: TestStack;
let client: Client;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "wamcp-down-"));
  postgres = await startPostgres({ dataDir: join(dir, "data") });
  stack = await openTestStack({ adminUrl: postgres.url("postgres") });
  client = await connectHttp(stack);
});
afterAll(async () => {
  await client?.close();
  await stack?.stop();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe("while the database is down", () => {
  it("answers 503 to webhooks and a clear retryable error to tools, and goes on when it is back", async () => {
    const { port } = postgres;
    const serverPid = stack.server.pid;
    await callTool(client, "ping");
    await postgres.stop();

    const refused = await postWebhook(stack, "{}");
    expect(refused.status).toBe(503);
    const call = await client.callTool({
      name: "send_message",
      arguments: { to: "+16505551234", body: "x" },
    });
    expect(call.structuredContent).toMatchObject({
      error: { code: "unavailable", retryable: true, retry_after_s: 5 },
    });
    expect((await fetch(`${stack.origin}/ready`)).status).toBe(503);
    expect((await fetch(`${stack.origin}/health`)).status).toBe(200);

    postgres = await startPostgres({ dataDir: join(dir, "data"), port });
    await vi.waitFor(async () => expect((await fetch(`${stack.origin}/ready`)).status).toBe(200), 20_000);
    const sent = await callTool(client, "send_message", { to: "+16505551234", body: "after the outage" });
    await vi.waitFor(async () => {
      const { status } = await callTool(client, "get_message_status", { message_id: sent.message_id });
      expect(status).toBe("delivered");
    }, 20_000);
    // The same process all the time: an outage is not a crash.
    expect(stack.server.pid).toBe(serverPid);
  });
});
