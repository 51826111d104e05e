import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { assignConversation } from "#server/utils/admin/conversations/assign-conversation";
import { listConversations } from "#server/utils/admin/conversations/list-conversations";
import { revokeGrant } from "#server/utils/admin/grants/revoke-grant";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { observe, observeRefusal } from "./observe";

let ctx: TestContext;
let admin: AdminContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  admin = adminOf(ctx);
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

let newest: string;
let oldest: string;

/** A conversation on the shared number, in which something was said so many minutes ago. */
async function plant(ownerClientId: string | null, digits: string, minutes: number): Promise<string> {
  const [id, contact] = [newId(), newId()];
  await ctx.sql`insert into contacts (id, portfolio_id) values (${contact}, '900')`;
  for (const [kind, value] of [
    ["bsuid", `US.${digits}`],
    ["wa_id", digits],
  ] as const) {
    await ctx.sql`insert into contact_aliases (portfolio_id, kind, value, contact_id)
      values ('900', ${kind}, ${value}, ${contact})`;
  }
  await ctx.sql`
    insert into conversations (id, phone_number_id, contact_id, owner_client_id, last_message_at)
    values (${id}, ${tenants.numbers.shared.id}, ${contact}, ${ownerClientId}, now() - ${`${minutes} minutes`}::interval)`;
  return id;
}

beforeAll(async () => {
  oldest = await plant(null, "16505550001", 9);
  newest = await plant(tenants.ann.clientId, "16505550002", 1);
});

const list = (filter: { number?: string; client?: string; limit?: number } = {}) =>
  listConversations(admin, { limit: 50, ...filter });

describe("listConversations", () => {
  it("shows whose they are and with whom, the newest first", async () => {
    const conversations = await list();
    expect(conversations.map(({ id }) => id)).toEqual([newest, oldest]);
    expect(conversations[0]).toMatchObject({ waPhoneNumberId: "103", address: "+16505550002", owner: "ann" });
    expect(conversations[1]).toMatchObject({ owner: null, ownerClientId: null });
  });

  it("filters by number and client, and stops at the limit", async () => {
    expect((await list({ client: "ann" })).map(({ id }) => id)).toEqual([newest]);
    expect(await list({ client: "bob" })).toEqual([]);
    expect(await list({ number: "101" })).toEqual([]);
    expect(await list({ number: tenants.numbers.shared.id })).toHaveLength(2);
    expect(await list({ limit: 1 })).toHaveLength(1);
    await expect(list({ client: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("assignConversation", () => {
  const assign = (conversation: string, client: string) =>
    assignConversation(admin, { conversation, client });

  it("gives it to another client, and records both", async () => {
    const { ann, bob, numbers } = tenants;
    const { result, row } = await observe(ctx, "conversation.assigned", () => assign(newest, "bob"));
    expect(result).toEqual({
      id: newest,
      oldOwnerClientId: ann.clientId,
      ownerClientId: bob.clientId,
      owner: "bob",
    });
    expect(row).toMatchObject({
      client_id: bob.clientId,
      conversation_id: newest,
      phone_number_id: numbers.shared.id,
      detail: { old_client_id: ann.clientId, new_client_id: bob.clientId },
    });
    expect((await list({ client: "bob" })).map(({ id }) => id)).toEqual([newest]);
  });

  it("is what the clients see from then on", async () => {
    const seenBy = (clientId: string) =>
      ctx.sql.begin(async (tx) => {
        await tx`set local role wamcp_client`;
        await tx`select set_config('app.client_id', ${clientId}, true)`;
        return (await tx<{ id: string }[]>`select id from conversations`).map(({ id }) => id);
      });
    expect(await seenBy(tenants.bob.clientId)).toEqual([newest]);
    expect(await seenBy(tenants.ann.clientId)).toEqual([]);
  });

  it("takes one that was nobody's", async () => {
    const { row } = await observe(ctx, "conversation.assigned", () => assign(oldest, tenants.ann.clientId));
    expect(row.detail).toEqual({ old_client_id: null, new_client_id: tenants.ann.clientId });
  });

  it("refuses a client without a living grant, and changes nothing", async () => {
    await revokeGrant(admin, { client: "bob", number: "103" });
    const { error, row } = await observeRefusal(ctx, "conversation.assigned", () => assign(oldest, "bob"));
    expect(error.code).toBe("not_found");
    expect(row).toMatchObject({ conversation_id: oldest, client_id: tenants.bob.clientId });
    expect((await list({ client: "ann" })).map(({ id }) => id)).toEqual([oldest]);
  });

  it.each(["nothing", newId()])("refuses %s, which is no conversation", async (id) => {
    const { error } = await observeRefusal(ctx, "conversation.assigned", () => assign(id, "ann"));
    expect(error).toMatchObject({ code: "not_found", message: "There is no conversation with this id." });
  });
});
