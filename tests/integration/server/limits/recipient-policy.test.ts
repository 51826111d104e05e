import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NumberGrant } from "#server/utils/auth/principal";
import { callAs, errorOf, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { reloadTenant } from "#tests/helpers/server/reload-tenant";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  // Whoever writes to the shared number first becomes ann's, but for those whom bob wrote to.
  await ctx.sql`
    update phone_numbers set default_client_id = ${tenants.ann.clientId} where id = ${tenants.numbers.shared.id}`;
});
afterAll(() => ctx.close());

/** Ann as the grant lets her: the database judges too. */
async function withPolicy(policy: NumberGrant["recipientPolicy"]): Promise<Tenant> {
  await ctx.sql`update grants set recipient_policy = ${policy} where client_id = ${tenants.ann.clientId}`;
  return reloadTenant(ctx, tenants.ann);
}

const send = (tenant: Pick<Tenant, "principal">, to: string) =>
  callAs(ctx, tenant, "send_message", { to, body: "hello", phone_number_id: "103" });

const hears = (person: string): Promise<unknown> =>
  receiveWebhook(
    ctx,
    webhookBody("103", {
      contacts: [{ wa_id: person }],
      messages: [textFrom(person, `wamid.${person}.${Math.random()}`, "hello", ctx.clock.now())],
    }),
  );

const countRows = async (): Promise<unknown> =>
  (
    await ctx.sql`
    select (select count(*)::int from messages) as messages, (select count(*)::int from contacts) as contacts,
      (select count(*)::int from conversations) as conversations, (select count(*)::int from outbox) as events`
  )[0];

describe("recipient policy open_window", () => {
  it("lets a client answer whoever wrote within 24 hours", async () => {
    await hears("16505570001");
    expect((await send(await withPolicy("open_window"), "+16505570001")).isError).toBe(false);
  });

  it("refuses a person who never wrote, and leaves no trace of the attempt", async () => {
    const before = await countRows();
    const error = errorOf(await send(await withPolicy("open_window"), "+16505570002"));
    expect(error).toMatchObject({
      code: "window_closed",
      details: { policy: "open_window", window: { open: false, closes_at: null } },
    });
    expect(await countRows()).toEqual(before);
  });

  it("refuses a person whose window has closed, to the millisecond", async () => {
    await hears("16505570003");
    const [row] = await ctx.sql<[{ at: Date }]>`
      select last_inbound_at as at from conversations c
      join contact_aliases a on a.contact_id = c.contact_id where a.value = '16505570003' limit 1`;
    // The last minute is not counted: what is on its way then comes too late.
    const closesAt = row.at.getTime() + 24 * 3_600_000 - 60_000;
    ctx.clock.set(new Date(closesAt - 1));
    expect((await send(await withPolicy("open_window"), "+16505570003")).isError).toBe(false);
    ctx.clock.set(new Date(closesAt));
    expect(errorOf(await send(await withPolicy("open_window"), "+16505570003")).code).toBe("window_closed");
  });
});

describe("recipient policy allowlist", () => {
  it("lets a client write to whoever is on the list, under any of his names, and to nobody else", async () => {
    await withPolicy("anyone");
    const { message_id } = await sendAs(ctx, tenants.ann, { to: "+16505570010", phone_number_id: "103" });
    await ctx.sql`
      insert into grant_recipients (grant_id, contact_id)
      select g.id, m.contact_id from messages m
      join grants g on g.client_id = m.client_id and g.phone_number_id = m.phone_number_id where m.id = ${message_id}`;
    const [row] = await ctx.sql<[{ contact: string }]>`
      select contact_id as contact from messages where id = ${message_id}`;
    for (const to of ["+16505570010", "0016505570010", row.contact]) {
      expect((await send(await withPolicy("allowlist"), to)).isError, to).toBe(false);
    }
    expect(errorOf(await send(await withPolicy("allowlist"), "+16505570011"))).toMatchObject({
      code: "forbidden",
      details: { policy: "allowlist" },
    });
  });
});

describe("recipient policy none", () => {
  it("lets a client read only", async () => {
    await hears("16505570020");
    expect(errorOf(await send(await withPolicy("none"), "+16505570020"))).toMatchObject({
      code: "forbidden",
      details: { policy: "none" },
    });
  });
});

describe.each(["open_window", "allowlist", "none"] as const)("recipient policy %s", (policy) => {
  it("answers for another client's recipient as for a stranger", async () => {
    const person = `165055701${String(policy.length).padStart(2, "0")}`;
    await sendAs(ctx, tenants.bob, { to: `+${person}`, phone_number_id: "103" });
    const [foreign, unknown] = [
      errorOf(await send(await withPolicy(policy), `+${person}`)),
      errorOf(await send(await withPolicy(policy), "+16505570199")),
    ];
    expect({ ...foreign, request_id: "" }).toEqual({ ...unknown, request_id: "" });
  });
});

describe("a paused number", () => {
  it("takes no new sends, and says so", async () => {
    await ctx.sql`update phone_numbers set paused_at = now(), pause_code = 190 where wa_phone_number_id = '101'`;
    const answer = await callAs(ctx, tenants.ann, "send_message", {
      to: "+16505570030",
      body: "x",
      phone_number_id: "101",
    });
    expect(errorOf(answer)).toMatchObject({ code: "number_paused", details: { meta_code: 190 } });
    await ctx.sql`update phone_numbers set paused_at = null, pause_code = null where wa_phone_number_id = '101'`;
    await withPolicy("anyone");
    await sendAs(ctx, tenants.ann, { to: "+16505570030", phone_number_id: "101" });
  });
});
