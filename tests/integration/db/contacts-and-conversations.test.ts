import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { resolveContact } from "#server/utils/messaging/conversations/contacts/store";
import {
  openConversation,
  openInboundConversation,
  type OpenedConversation,
} from "#server/utils/messaging/conversations/store";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import {
  seedTenants,
  type SeededNumber,
  type Tenant,
  type Tenants,
} from "#tests/helpers/server/seed-tenants";

const PORTFOLIO = "900";

let ctx: TestContext;
let tenants: Tenants;
let shared: SeededNumber;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  shared = tenants.numbers.shared;
});

afterAll(() => ctx.close());

const newDigits = (): string => String((lastDigits += 1));

async function open(
  tenant: Tenant,
  digits: string,
  number = shared,
): Promise<OpenedConversation | undefined> {
  const recipient = { kind: "phone_input", value: digits } as const;
  return ctx.database.asClient(tenant.clientId, (tx) => openConversation(tx, number.id, recipient));
}

async function openByContact(tenant: Tenant, contactId: string): Promise<OpenedConversation | undefined> {
  const recipient = { kind: "contact", contactId } as const;
  return ctx.database.asClient(tenant.clientId, (tx) => openConversation(tx, shared.id, recipient));
}

const resolve = (...aliases: [kind: string, value: string][]): Promise<string> =>
  ctx.database.asSystem((tx) =>
    resolveContact(
      tx,
      PORTFOLIO,
      aliases.map(([kind, value]) => ({ kind, value })),
    ),
  );

async function ownerOf(conversationId: string | undefined): Promise<string | null> {
  const [row] = await ctx.sql<[{ owner: string | null }]>`
    select owner_client_id as owner from conversations where id = ${conversationId ?? newId()}`;
  return row.owner;
}

async function countContacts(digits: string): Promise<number> {
  const [row] = await ctx.sql<[{ count: number }]>`
    select count(distinct contact_id)::int as count from contact_aliases where value = ${digits}`;
  return row.count;
}

describe("open_conversation", () => {
  it("makes the first client that writes to a stranger the owner", async () => {
    const opened = await open(tenants.ann, newDigits());
    expect(await ownerOf(opened?.conversationId)).toBe(tenants.ann.clientId);
  });

  it("makes the first client that writes the owner of a conversation that had none", async () => {
    const digits = newDigits();
    const contactId = await resolve(["wa_id", digits]);
    const nobodys = { id: shared.id, waPhoneNumberId: "103", portfolioId: PORTFOLIO, defaultClientId: null };
    const inbound = await ctx.database.asSystem((tx) => openInboundConversation(tx, nobodys, contactId));
    const id = inbound.conversationId;
    expect(await ownerOf(id)).toBeNull();
    expect(await open(tenants.bob, digits)).toEqual({ conversationId: id, contactId });
    expect(await ownerOf(id)).toBe(tenants.bob.clientId);
    expect(await open(tenants.ann, digits)).toBeUndefined();
  });

  it("gives no row for a conversation that another client owns, and leaves it with that client", async () => {
    const digits = newDigits();
    const opened = await open(tenants.ann, digits);
    expect(await open(tenants.bob, digits)).toBeUndefined();
    expect(await ownerOf(opened?.conversationId)).toBe(tenants.ann.clientId);
    expect(await open(tenants.ann, digits)).toEqual(opened);
  });

  it("lets whoever has visibility all in, without taking the conversation over", async () => {
    const digits = newDigits();
    const opened = await open(tenants.ann, digits);
    expect(await open(tenants.owner, digits)).toEqual(opened);
    expect(await ownerOf(opened?.conversationId)).toBe(tenants.ann.clientId);
  });

  it("gives no row for the contact id of another client, nor for one that nobody has", async () => {
    const opened = await open(tenants.ann, newDigits());
    const contactId = opened?.contactId ?? "";
    expect(await openByContact(tenants.bob, contactId)).toBeUndefined();
    expect(await openByContact(tenants.bob, newId())).toBeUndefined();
    expect(await openByContact(tenants.ann, contactId)).toEqual(opened);
  });

  it("gives no row for a number that is not granted, was revoked, or is disabled", async () => {
    const { ann, bob, numbers } = tenants;
    expect(await open(ann, newDigits(), numbers.bob)).toBeUndefined();
    const setRevoked = (at: Date | null) =>
      ctx.sql`update grants set revoked_at = ${at} where client_id = ${bob.clientId} and phone_number_id = ${numbers.bob.id}`;
    await setRevoked(new Date());
    expect(await open(bob, newDigits(), numbers.bob)).toBeUndefined();
    await setRevoked(null);
    await ctx.sql`update phone_numbers set disabled_at = now() where id = ${numbers.bob.id}`;
    expect(await open(bob, newDigits(), numbers.bob)).toBeUndefined();
    await ctx.sql`update phone_numbers set disabled_at = null where id = ${numbers.bob.id}`;
    expect(await open(bob, newDigits(), numbers.bob)).toBeDefined();
  });

  it("gives no row to a connection that is no client's", async () => {
    const recipient = { kind: "phone_input", value: newDigits() } as const;
    const opened = await ctx.database.asSystem((tx) => openConversation(tx, shared.id, recipient));
    expect(opened).toBeUndefined();
  });

  it("makes one contact and one conversation of 20 concurrent calls for one stranger", async () => {
    const digits = newDigits();
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(tenants.ann, digits)));
    expect(new Set(opened.map((one) => one?.conversationId)).size).toBe(1);
    expect(new Set(opened.map((one) => one?.contactId)).size).toBe(1);
    expect(opened[0]).toBeDefined();
    expect(await countContacts(digits)).toBe(1);
  });

  it("lets one of two clients win that write to one stranger at once", async () => {
    const digits = newDigits();
    const callers = Array.from({ length: 20 }, (_, index) => (index % 2 ? tenants.ann : tenants.bob));
    const opened = await Promise.all(callers.map((tenant) => open(tenant, digits)));
    const winners = new Set(callers.filter((_, index) => opened[index]).map(({ clientId }) => clientId));
    expect(winners.size).toBe(1);
    const conversationId = opened.find(Boolean)?.conversationId;
    expect(winners).toContain(await ownerOf(conversationId));
  });
});

describe("resolve_contact", () => {
  it("makes one contact of concurrent inbound and outbound messages for the same digits", async () => {
    const digits = newDigits();
    const inbound = Array.from({ length: 10 }, () => resolve(["wa_id", digits], ["bsuid", `US.${digits}`]));
    const outbound = Array.from({ length: 10 }, async () => (await open(tenants.ann, digits))?.contactId);
    const ids = await Promise.all([...inbound, ...outbound]);
    expect(new Set(ids).size).toBe(1);
    expect(await countContacts(digits)).toBe(1);
  });

  it("learns new names of a contact that it knows by another", async () => {
    const digits = newDigits();
    const contactId = await resolve(["phone_input", digits]);
    expect(await resolve(["wa_id", digits], ["bsuid", `US.${digits}`])).toBe(contactId);
    expect(await resolve(["bsuid", `US.${digits}`])).toBe(contactId);
  });

  it("does not merge two contacts whose names turn up together", async () => {
    const [first, second] = [newDigits(), newDigits()];
    const contactId = await resolve(["wa_id", first]);
    const other = await resolve(["bsuid", `US.${second}`]);
    expect(await resolve(["wa_id", first], ["bsuid", `US.${second}`])).toBe(contactId);
    expect(await resolve(["bsuid", `US.${second}`])).toBe(other);
  });

  it("tells the same digits in two portfolios apart", async () => {
    const digits = newDigits();
    const contactId = await resolve(["wa_id", digits]);
    const alias = [{ kind: "wa_id", value: digits }];
    const elsewhere = await ctx.database.asSystem((tx) => resolveContact(tx, "901", alias));
    expect(elsewhere).not.toBe(contactId);
  });

  it("is not for a client's role, which could find out with it who is known", async () => {
    for (const call of [
      `select resolve_contact('900', array['wa_id'], array['1'], '${newId()}')`,
      "select find_contact('900', array['wa_id'], array['1'])",
    ]) {
      const work = ctx.database.asClient(tenants.ann.clientId, (tx) => tx.execute(call));
      await expect(work).rejects.toMatchObject({ cause: { code: "42501" } });
    }
  });
});
