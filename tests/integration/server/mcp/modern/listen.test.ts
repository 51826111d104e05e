import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { changeGrant } from "#server/utils/admin/grants/change-grant";
import { revokeGrant } from "#server/utils/admin/grants/revoke-grant";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { createListeners } from "#server/utils/changes/create-listeners";
import { createSurface } from "#server/utils/mcp/create-surface";
import {
  createModernExchanges,
  type ModernExchanges,
} from "#server/utils/mcp/modern/create-modern-exchanges";
import { SUBSCRIPTION_LIMIT } from "#server/utils/mcp/modern/read-listen-request";
import { eventually } from "#tests/helpers/eventually";
import { buildModernRequest } from "#tests/helpers/server/build-modern-request";
import { createModernClient, type ListenStream } from "#tests/helpers/server/create-modern-client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantConversations } from "#tests/helpers/server/plant-conversations";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { adminOf, mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { untilPassedOn } from "#tests/helpers/server/until-passed-on";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const INBOX = "wamcp://inbox";
const numberUri = (id: string): string => `wamcp://numbers/${id}/messages`;
const conversationUri = (index: number): string =>
  `wamcp://conversations/01900000-0000-7000-8000-${String(index).padStart(12, "0")}`;
// More than the second within which access ends, which tests/e2e/server/modern.test.ts measures: a busy machine may stand still.
const SOON_MS = 5_000;
const END = { result: { resultType: "complete" } };

let ctx: TestContext;
let tenants: Tenants;
let exchanges: ModernExchanges;
const streams: ListenStream[] = [];
beforeAll(async () => {
  ctx = await createTestContext({ config: { streamsPerKey: 3 } });
  tenants = await seedTenants(ctx);
  exchanges = createModernExchanges(ctx.system, createSurface(ctx.system));
  await ctx.database.listen(
    "wamcp_access",
    (clientId) => void exchanges.refresh(clientId),
    () => {},
  );
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.leave()));
  if (exchanges.size > 0 || ctx.changes.listenerCount > 0) throw new Error("something was left behind");
});
afterAll(async () => {
  exchanges?.close();
  await ctx?.close();
});

async function listen(
  { principal }: Pick<Tenant, "principal">,
  notifications: Record<string, unknown>,
): Promise<ListenStream> {
  // Or what was written before would be told now.
  await untilPassedOn(ctx);
  const stream = await createModernClient(exchanges, principal).listen(notifications);
  streams.push(stream);
  return stream;
}

const CHANGE = {
  kind: "message",
  direction: "inbound",
  conversationId: "01900000-0000-7000-8000-00000000000c",
  messageId: "01900000-0000-7000-8000-00000000000d",
} as const;
const concerning = ({ clientId }: Tenant) => ({
  phoneNumberId: tenants.numbers.ann.id,
  ownerClientId: clientId,
});

/** With changes that the test makes up, and for ann. */
function openDetached() {
  const hub = createListeners(ctx.system.log);
  const system = { ...ctx.system, changes: { ...hub, lastSeq: 0 } };
  const detached = createModernExchanges(system, createSurface(system));
  const client = createModernClient(detached, tenants.ann.principal);
  return { hub, client, close: () => detached.close() };
}

let people = 16505560000;
/** A person writes for the first time. */
async function write(waPhoneNumberId: string, from = String((people += 1))): Promise<void> {
  const messages = [textFrom(from, `wamid.${Math.random()}`, "hello", ctx.clock.now())];
  expect((await receiveWebhook(ctx, webhookBody(waPhoneNumberId, { messages }))).state).toBe("done");
}

describe("subscriptions/listen", () => {
  it("acknowledges what the key may read, leaves the rest out, and puts that on record", async () => {
    const wanted = [INBOX, numberUri("101"), numberUri("102"), "wamcp://conversations/nobody", INBOX];
    const { acknowledged } = await listen(tenants.ann, {
      resourceSubscriptions: wanted,
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
    });
    expect(acknowledged).toEqual({
      resourceSubscriptions: [INBOX, numberUri("101")],
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
    });
    const rows = await ctx.sql`
      select action, outcome, client_id from audit_log where action like 'listen.%' or action like 'resource.%'`;
    expect(rows).toEqual([{ action: "listen.open", outcome: "ok", client_id: tenants.ann.clientId }]);
  });

  it("tells each tenant of its own messages, also under the address that all of them share", async () => {
    const [ann, bob, owner] = [
      await listen(tenants.ann, { resourceSubscriptions: [INBOX, numberUri("101")] }),
      await listen(tenants.bob, { resourceSubscriptions: [INBOX, numberUri("102")] }),
      await listen(tenants.owner, { resourceSubscriptions: [INBOX] }),
    ];
    await write("101");
    await eventually(() => expect(ann.heardUris()).toEqual([INBOX, numberUri("101")]));
    await eventually(() => expect(owner.heardUris()).toEqual([INBOX]));
    // On the number that both have a grant for, of a stranger who is the owner's.
    await write("103");
    await eventually(() => expect(owner.heardUris()).toEqual([INBOX, INBOX]));
    await write("102");
    await eventually(() => expect(bob.heardUris()).toEqual([INBOX, numberUri("102")]));
    expect(ann.heardUris()).toEqual([INBOX, numberUri("101")]);
    expect(ann.heard[0]?.params?._meta).toMatchObject({ "io.modelcontextprotocol/subscriptionId": 1 });
  });

  it("tells of a burst at its start and at its end", async () => {
    const { hub, client, close } = openDetached();
    const ann = await client.listen({ resourceSubscriptions: [INBOX] });
    for (let seq = 1; seq <= 1_000; seq += 1) hub.tell({ ...CHANGE, ...concerning(tenants.ann), seq });
    await eventually(() => expect(ann.heardUris()).toEqual([INBOX, INBOX]));
    // The next window is over: it would have been told more.
    await eventually(() => {
      hub.tell({ ...CHANGE, ...concerning(tenants.ann), seq: 1_001 });
      expect(ann.heardUris()).toHaveLength(3);
    });
    await ann.leave();
    close();
  });

  it("loses nothing between the check of an address and the acknowledgement", async () => {
    const surface = createSurface(ctx.system);
    const slow = createModernExchanges(ctx.system, {
      ...surface,
      // Changes right behind the check.
      async listen(call) {
        const readable = await surface.listen(call);
        const seq = ctx.changes.lastSeq;
        await write("101");
        await eventually(() => expect(ctx.changes.lastSeq).toBeGreaterThan(seq));
        return readable;
      },
    });
    const wanted = { resourceSubscriptions: [numberUri("101"), INBOX] };
    const stream = await createModernClient(slow, tenants.ann.principal).listen(wanted);
    await eventually(() => expect(stream.heardUris()).toEqual([INBOX, numberUri("101")]));
    await stream.leave();
    slow.close();
  });

  it.each([
    ["its client leaves", 499, (_: ModernExchanges, connection: AbortController) => connection.abort()],
    ["the server stops", 503, (slow: ModernExchanges) => slow.drain()],
  ])("leaves nothing behind when %s while its addresses are checked", async (_, status, interrupt) => {
    const surface = createSurface(ctx.system);
    const connection = new AbortController();
    const slow: ModernExchanges = createModernExchanges(ctx.system, {
      ...surface,
      async listen(call) {
        const readable = await surface.listen(call);
        interrupt(slow, connection);
        return readable;
      },
    });
    const { signal } = connection;
    const params = { notifications: { resourceSubscriptions: [INBOX] } };
    const request = buildModernRequest({ method: "subscriptions/listen", params, connection: signal });
    const response = await slow.handle(request, tenants.ann.principal);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("resultType");
    expect([slow.size, ctx.changes.listenerCount]).toEqual([0, 0]);
    slow.close();
  });

  it("tells everything once when changes may have been missed", async () => {
    const { hub, client, close } = openDetached();
    const ann = await client.listen({ resourceSubscriptions: [INBOX, numberUri("101"), numberUri("102")] });
    hub.tell(undefined);
    await eventually(() => expect(ann.heardUris()).toEqual([INBOX, numberUri("101")]));
    await ann.leave();
    expect(hub.size).toBe(0);
    close();
  });

  it("tells of a new conversation those whose list it changes", async () => {
    const [ann, bob] = [
      await listen(tenants.ann, { resourcesListChanged: true }),
      await listen(tenants.bob, { resourcesListChanged: true, resourceSubscriptions: [INBOX] }),
    ];
    await write("101");
    await eventually(() => expect(ann.heardLists()).toEqual(["notifications/resources/list_changed"]));
    await write("102");
    await eventually(() => expect(bob.heardLists()).toEqual(["notifications/resources/list_changed"]));
    expect(bob.heardUris()).toEqual([INBOX]);
    expect(ann.heardLists()).toHaveLength(1);
  });

  it("tells of tools and prompts when the access of the key changes what it lists", async () => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:ping"]);
    const stream = await listen(key, { toolsListChanged: true, promptsListChanged: true });
    const scopes = ["tools:ping", "tools:get_messages", "tools:send_message", "tools:wait_for_messages"];
    await ctx.sql`update api_keys set scopes = ${scopes} where id = ${key.keyId}`;
    await eventually(() => expect(stream.heardLists()).toContain("notifications/tools/list_changed"));
    expect(stream.heardLists()).toContain("notifications/prompts/list_changed");
  });

  it.each([
    ["its key is revoked", (id: string) => ctx.sql`update api_keys set revoked_at = now() where id = ${id}`],
    [
      "its client is disabled",
      () => ctx.sql`update clients set disabled_at = now() where id = ${tenants.ann.clientId}`,
    ],
  ])("ends with its final result when %s", async (_, end) => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"]);
    const stream = await listen(key, { resourceSubscriptions: [INBOX] });
    const endedMs = performance.now();
    await end(key.keyId);
    await stream.ended;
    expect(performance.now() - endedMs).toBeLessThan(SOON_MS);
    expect(stream.heard).toMatchObject([END]);
    await ctx.sql`update clients set disabled_at = null`;
  });

  it("ends when its key expires, which nothing announces", async () => {
    const expiresAt = new Date(ctx.clock.now().getTime() + 3_600_000);
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"]);
    await ctx.sql`update api_keys set expires_at = ${expiresAt} where id = ${key.keyId}`;
    const principal = { ...key.principal, expiresAt };
    const stream = await listen({ principal }, { resourceSubscriptions: [INBOX] });
    ctx.clock.advance(3_600_000);
    const endedMs = performance.now();
    await stream.ended;
    expect(performance.now() - endedMs).toBeLessThan(SOON_MS);
    expect(stream.heard).toMatchObject([END]);
  });

  it("ends when what it may hear changes, so that the client listens anew, and not for anything else", async () => {
    const { clientId } = tenants.ann;
    const grant = { client: clientId, number: "101" };
    const wanted = { resourceSubscriptions: [INBOX, numberUri("101")], resourcesListChanged: true };
    const [stream, lists] = [
      await listen(tenants.ann, wanted),
      await listen(tenants.ann, { resourcesListChanged: true }),
    ];
    await changeGrant(adminOf(ctx), { ...grant, confirmPolicy: "new_recipient" });
    await revokeGrant(adminOf(ctx), grant);
    await stream.ended;
    expect(stream.heard).toMatchObject([{ method: "notifications/resources/list_changed" }, END]);
    await eventually(() => expect(lists.heardLists()).toEqual(["notifications/resources/list_changed"]));
    const again = await listen(
      { principal: { ...tenants.ann.principal, grants: tenants.ann.principal.grants.slice(1) } },
      wanted,
    );
    expect(again.acknowledged.resourceSubscriptions).toEqual([INBOX]);
    await grantNumber(adminOf(ctx), {
      clientId,
      phoneNumberId: "101",
      visibility: "own",
      recipientPolicy: "anyone",
    });
    await again.ended;
  });

  it("is told of a number's label, which changes a list and nothing that is heard", async () => {
    const stream = await listen(tenants.ann, { resourceSubscriptions: [INBOX], resourcesListChanged: true });
    await ctx.sql`update phone_numbers set label = 'another label' where wa_phone_number_id = '101'`;
    await eventually(() => expect(stream.heardLists()).toEqual(["notifications/resources/list_changed"]));
    await write("101");
    await eventually(() => expect(stream.heardUris()).toEqual([INBOX]));
  });

  it("is told to listen again when what it may hear changes while its addresses are checked", async () => {
    const surface = createSurface(ctx.system);
    const slow: ModernExchanges = createModernExchanges(ctx.system, {
      ...surface,
      async listen(call) {
        const readable = await surface.listen(call);
        const grant = { client: tenants.bob.clientId, number: "102" };
        await changeGrant(adminOf(ctx), { ...grant, visibility: "all" });
        await slow.refresh(tenants.bob.clientId);
        return readable;
      },
    });
    const params = { notifications: { resourceSubscriptions: [INBOX] } };
    const request = buildModernRequest({ method: "subscriptions/listen", params });
    const response = await slow.handle(request, tenants.bob.principal);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { data: { code: "unavailable", advice: "Listen again." } } },
    ]);
    expect(slow.size).toBe(0);
    slow.close();
    await changeGrant(adminOf(ctx), { client: tenants.bob.clientId, number: "102", visibility: "own" });
  });

  it("is bounded per key, with an error that says what to do, and makes room again", async () => {
    for (let index = 0; index < 3; index += 1) await listen(tenants.ann, { toolsListChanged: true });
    const client = createModernClient(exchanges, tenants.ann.principal);
    const params = { notifications: { toolsListChanged: true } };
    expect(await client.ask("subscriptions/listen", params)).toMatchObject({
      status: 200,
      error: { code: -32603, data: { code: "rate_limited", advice: expect.stringContaining("Close one") } },
    });
    const [row] =
      await ctx.sql`select outcome, error_code from audit_log where action = 'listen.open' order by id desc limit 1`;
    expect(row).toEqual({ outcome: "refused", error_code: "rate_limited" });
    await listen(tenants.bob, { toolsListChanged: true });
    await streams[0]?.leave();
    await listen(tenants.ann, { toolsListChanged: true });
  });

  it("takes a bounded number of addresses", async () => {
    const uris = Array.from({ length: SUBSCRIPTION_LIMIT + 1 }, (_, i) => numberUri(String(i)));
    const client = createModernClient(exchanges, tenants.ann.principal);
    const params = { notifications: { resourceSubscriptions: uris } };
    const answer = await client.ask("subscriptions/listen", params);
    expect(answer).toMatchObject({ status: 200, error: { code: -32602 } });
  });

  it.each([
    ["addresses", { resourceSubscriptions: Array.from({ length: 200 }, (_, i) => conversationUri(i)) }],
    ["lists only", { toolsListChanged: true }],
  ])("counts as one call, with %s, and says when the next one may come", async (_, notifications) => {
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"], {
      rpmLimit: 1,
      dailyMsgLimit: 1,
    });
    const client = createModernClient(exchanges, key.principal);
    const first = await client.ask("subscriptions/listen", { notifications: {} });
    expect(first.error).toBeUndefined();
    expect(await client.ask("subscriptions/listen", { notifications })).toMatchObject({
      status: 200,
      error: {
        code: -32603,
        message: expect.stringContaining("1 calls a minute"),
        data: { code: "rate_limited", retryable: true, retry_after_s: expect.any(Number) },
      },
    });
    const rows = await ctx.sql`
      select action, outcome from audit_log where api_key_id = ${key.keyId} order by id`;
    expect(rows).toEqual([
      { action: "listen.open", outcome: "ok" },
      { action: "listen.open", outcome: "refused" },
    ]);
  });

  it("takes many addresses as one call, and leaves out those of others", async () => {
    const ids = await plantConversations(ctx, tenants.numbers.ann, tenants.ann.clientId, 60);
    const foreign = await plantConversations(ctx, tenants.numbers.bob, tenants.bob.clientId, 60);
    const wanted = [...ids, ...foreign].map((id) => `wamcp://conversations/${id}`);
    const key = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:101"], {
      rpmLimit: 1,
      dailyMsgLimit: 1,
    });
    const { acknowledged } = await listen(key, { resourceSubscriptions: wanted });
    expect(acknowledged.resourceSubscriptions).toEqual(wanted.slice(0, 60));
  });

  it("is refused by a long id, or none, whoever would have to refuse it", async () => {
    const client = createModernClient(exchanges, tenants.ann.principal);
    const params = { notifications: { resourceSubscriptions: [INBOX] } };
    for (const [id, code] of [
      ["i".repeat(257), -32600],
      [{ an: "object" }, -32602],
      [null, -32602],
    ] as const) {
      const request = buildModernRequest({ method: "subscriptions/listen", params });
      const body = { ...(request.body as object), id };
      const response = await exchanges.handle({ ...request, body }, tenants.ann.principal);
      expect(response.headers.get("content-type")).toContain("application/json");
      expect(await response.json()).toMatchObject({ id: null, error: { code } });
    }
    expect(await client.ask("tools/list", {}, { id: "i".repeat(257) })).toMatchObject({
      status: 400,
      error: { code: -32600, message: expect.stringContaining("256") },
    });
    expect((await client.ask("tools/list", {}, { id: "i".repeat(256) })).result).toBeDefined();
  });

  it.each([[{}], [{ notifications: "all" }], [{ notifications: { resourceSubscriptions: "all" } }]])(
    "is refused when it does not say what to: %j",
    async (params) => {
      const client = createModernClient(exchanges, tenants.ann.principal);
      expect(await client.ask("subscriptions/listen", params)).toMatchObject({ error: { code: -32602 } });
    },
  );

  it("ends at once where nothing of it can be heard", async () => {
    const stream = await listen(tenants.ann, { resourceSubscriptions: [numberUri("102")] });
    await stream.ended;
    expect(stream.acknowledged).toEqual({});
    expect(stream.heard).toMatchObject([END]);
  });

  it("ends with its final result when the server stops, which takes no new one and lets calls that wait answer", async () => {
    const stopping = createModernExchanges(ctx.system, createSurface(ctx.system));
    const client = createModernClient(stopping, tenants.ann.principal);
    const stream = await client.listen({ resourceSubscriptions: [INBOX], toolsListChanged: true });
    // What is unread would end it at once.
    const wait = { name: "wait_for_messages", arguments: { timeout_s: 0, limit: 100 } };
    const { result } = await client.ask("tools/call", wait);
    const cursor = (result?.structuredContent as { cursor: string } | undefined)?.cursor;
    const listeners = ctx.changes.listenerCount;
    const call = client.ask("tools/call", { ...wait, arguments: { timeout_s: 100, cursor } });
    const sending = client.ask("tools/call", {
      name: "send_message",
      arguments: { to: "+16505568999", body: "x", phone_number_id: "101", wait_for: "read", timeout_s: 100 },
    });
    await eventually(() => expect(ctx.changes.listenerCount).toBe(listeners + 2));
    stopping.drain();
    await stream.ended;
    expect(stream.heard).toMatchObject([END]);
    const refused = await client.ask("subscriptions/listen", { notifications: { toolsListChanged: true } });
    expect(refused.status).toBe(503);
    // What waits says where it is.
    expect((await call).result).toMatchObject({ isError: false, structuredContent: { messages: [] } });
    expect((await call).result?.structuredContent).toHaveProperty("cursor");
    expect((await sending).result).toMatchObject({ isError: false, structuredContent: { status: "queued" } });
    // So does what is called now, on a connection that was open.
    const late = await client.ask("tools/call", { ...wait, arguments: { timeout_s: 100, cursor } });
    expect(late.result).toMatchObject({ isError: false, structuredContent: { messages: [] } });
    expect(stopping.size).toBe(0);
    stopping.close();
  });
});
