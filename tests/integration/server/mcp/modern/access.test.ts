import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAccessFollower } from "#server/utils/create-access-follower";
import { createSurface } from "#server/utils/mcp/create-surface";
import {
  createModernExchanges,
  type ModernExchanges,
} from "#server/utils/mcp/modern/create-modern-exchanges";
import { eventually } from "#tests/helpers/eventually";
import { createModernClient, type ModernClient } from "#tests/helpers/server/create-modern-client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const SCOPES = ["tools:wait_for_messages", "tools:send_message", "tools:get_messages", "numbers:101"];

let ctx: TestContext;
let tenants: Tenants;
let exchanges: ModernExchanges;
let key: Tenant;
let client: ModernClient;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  exchanges = createModernExchanges(ctx.system, createSurface(ctx.system));
  await ctx.database.listen(
    "wamcp_access",
    (clientId) => void exchanges.refresh(clientId),
    () => {},
  );
});
beforeEach(async () => {
  key = await mintKey(ctx, tenants.ann.clientId, SCOPES);
  client = createModernClient(exchanges, key.principal);
});
afterAll(async () => {
  exchanges?.close();
  await ctx?.close();
});

async function write(): Promise<void> {
  const messages = [textFrom("16505558001", `wamid.${Math.random()}`, "not for you", ctx.clock.now())];
  await receiveWebhook(ctx, webhookBody("101", { messages }));
}
const untilWaiting = (count: number) => eventually(() => expect(ctx.changes.countOf(key.keyId)).toBe(count));
const wait = (args: Record<string, unknown>) =>
  client.ask("tools/call", { name: "wait_for_messages", arguments: { limit: 100, ...args } });

async function readCursor(): Promise<string> {
  const { result } = await wait({ timeout_s: 0 });
  return (result?.structuredContent as { cursor: string } | undefined)?.cursor ?? "";
}

describe("a call that waits, of a client of MCP 2026-07-28", () => {
  it.each([
    ["the tool", () => ctx.sql`update api_keys set scopes = ${["tools:ping"]} where id = ${key.keyId}`],
    ["the number", () => ctx.sql`update grants set tools = ${["ping"]} where client_id = ${key.clientId}`],
  ])(
    "answers with what it has when %s is taken away, and tells nothing that comes then",
    async (_, takeAway) => {
      const cursor = await readCursor();
      const waiting = wait({ timeout_s: 60, cursor });
      const to = "+16505558002";
      const sending = client.ask("tools/call", {
        name: "send_message",
        arguments: { to, body: "x", wait_for: "read", timeout_s: 60 },
      });
      await untilWaiting(2);
      await takeAway();
      await untilWaiting(0);
      await write();
      expect((await waiting).result).toMatchObject({
        isError: false,
        structuredContent: { messages: [], cursor: expect.any(String) },
      });
      expect((await sending).result).toMatchObject({
        isError: false,
        structuredContent: { status: "queued" },
      });
      await ctx.sql`update grants set tools = '{*}'`;
    },
  );

  it("goes on when something else changes", async () => {
    const cursor = await readCursor();
    const waiting = wait({ timeout_s: 60, cursor });
    await untilWaiting(1);
    await ctx.sql`update grants set confirm_policy = 'always' where client_id = ${key.clientId}`;
    await exchanges.refresh(key.clientId);
    await write();
    expect((await waiting).result).toMatchObject({ structuredContent: { messages: [expect.anything()] } });
    await ctx.sql`update grants set confirm_policy = 'never'`;
  });
});

describe("access that could not be read when it changed", () => {
  it("ends the stream of a revoked key as soon as it can be, and those of others at once", async () => {
    let failures = 0;
    const database = {
      ...ctx.database,
      get system() {
        if (failures-- > 0) throw new Error("the connection was lost");
        return ctx.database.system;
      },
    };
    const flaky = createModernExchanges({ ...ctx.system, database }, createSurface(ctx.system));
    const follower = createAccessFollower(flaky, ctx.system.log);
    const other = await mintKey(ctx, tenants.ann.clientId, SCOPES);
    const filter = { resourceSubscriptions: ["wamcp://inbox"] };
    const streams = [
      await createModernClient(flaky, key.principal).listen(filter),
      await createModernClient(flaky, other.principal).listen(filter),
    ];
    await ctx.sql`update api_keys set revoked_at = now() where id in ${ctx.sql([key.keyId, other.keyId])}`;
    failures = 1;
    await follower.refresh(key.clientId);
    await streams[1]?.ended;
    expect(flaky.size).toBe(1);
    await follower.retry();
    await streams[0]?.ended;
    expect(flaky.size).toBe(0);
    flaky.close();
  });
});
