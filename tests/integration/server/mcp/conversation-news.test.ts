import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import type { ConversationNews } from "#server/utils/context";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantConversations } from "#tests/helpers/server/plant-conversations";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
const heard: (ConversationNews | undefined)[] = [];
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  ctx.system.conversationNews.subscribe((news) => heard.push(news));
});
afterAll(() => ctx?.close());
beforeEach(() => heard.splice(0));

const fence = { phoneNumberId: "fence", ownerClientId: null, formerClientId: null };

/** Everything that was told so far: notifications arrive in the order of their commits. */
async function hearAll(): Promise<(ConversationNews | undefined)[]> {
  await ctx.sql`select pg_notify('wamcp_conversations', ${JSON.stringify(fence)})`;
  await eventually(() => expect(heard.at(-1)).toEqual(fence));
  return heard.splice(0).slice(0, -1);
}

const newsOf = (
  number: "ann" | "shared",
  owner: "owner" | "ann" | "bob" | null,
  former: "ann" | null = null,
) => ({
  phoneNumberId: tenants.numbers[number].id,
  ownerClientId: owner && tenants[owner].clientId,
  formerClientId: former && tenants[former].clientId,
});

describe("news of conversations", () => {
  it("tell whose conversation began when a client writes, and nothing when it goes on", async () => {
    await sendAs(ctx, tenants.ann, { to: "+16505550101", phone_number_id: "103" });
    expect(await hearAll()).toEqual([newsOf("shared", "ann")]);
    await sendAs(ctx, tenants.ann, { to: "+16505550101", phone_number_id: "103" });
    expect(await hearAll()).toEqual([]);
  });

  it("tell whose conversation began when a stranger writes, and nothing when it goes on", async () => {
    for (const expected of [[newsOf("shared", "owner")], []]) {
      const messages = [textFrom("16505550102", `wamid.${Math.random()}`, "hello", ctx.clock.now())];
      await receiveWebhook(ctx, webhookBody("103", { messages }));
      expect(await hearAll()).toEqual(expected);
    }
  });

  it("tell of a conversation that changes hands to whom and from whom", async () => {
    const [conversation = ""] = await plantConversations(
      ctx,
      tenants.numbers.shared,
      tenants.ann.clientId,
      1,
    );
    await hearAll();
    await assignConversation(adminOf(ctx), { conversation, client: tenants.bob.clientId });
    expect(await hearAll()).toEqual([newsOf("shared", "bob", "ann")]);
    await ctx.sql`update conversations set owner_client_id = owner_client_id, last_message_at = now()`;
    expect(await hearAll()).toEqual([]);
  });

  it("are one for thousands that begin at once", async () => {
    await plantConversations(ctx, tenants.numbers.ann, tenants.ann.clientId, 3_000);
    expect(await hearAll()).toEqual([newsOf("ann", "ann")]);
  });

  it("are told to nobody who has left, and to others when a listener fails", async () => {
    const left: unknown[] = [];
    const leave = ctx.system.conversationNews.subscribe((news) => left.push(news));
    const stop = ctx.system.conversationNews.subscribe(() => {
      throw new Error("planted");
    });
    leave();
    await plantConversations(ctx, tenants.numbers.ann, null, 1);
    expect(await hearAll()).toEqual([newsOf("ann", null)]);
    stop();
    expect(left).toEqual([]);
    expect(ctx.logged.join("\n")).toContain("a listener failed on news");
  });

  it("say that some may have been missed after the connection was lost", async () => {
    await ctx.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`;
    await eventually(() => expect(heard).toContain(undefined));
  });
});
