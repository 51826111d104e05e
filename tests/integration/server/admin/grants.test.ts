import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { allowRecipient } from "#server/utils/admin/grants/allow-recipient";
import { changeGrant } from "#server/utils/admin/grants/change-grant";
import { disallowRecipient } from "#server/utils/admin/grants/disallow-recipient";
import { listGrants } from "#server/utils/admin/grants/list-grants";
import type { GrantTerms } from "#server/utils/admin/grants/read-grant-terms";
import { revokeGrant } from "#server/utils/admin/grants/revoke-grant";
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

const readGrant = async (id: string) => (await ctx.sql`select * from grants where id = ${id}`)[0] ?? {};
const grant = (clientId: string, phoneNumberId: string, terms: GrantTerms = {}) =>
  grantNumber(admin, { clientId, phoneNumberId, ...terms });
const newClient = async (name: string) => {
  await createClient(admin, { name, displayName: name, isOwner: false });
  return name;
};

describe("grantNumber", () => {
  it("gives a client little when nothing is said, by name and Meta's id", async () => {
    const client = await newClient("carl");
    const { result: id, row } = await observe(ctx, "grant.added", () => grant(client, "101"));
    expect(row).toMatchObject({ phone_number_id: tenants.numbers.ann.id, detail: { grant_id: id } });
    expect(row.client_id).not.toBeNull();
    expect(await readGrant(id)).toMatchObject({
      visibility: "own",
      recipient_policy: "open_window",
      confirm_policy: "never",
      daily_cap: null,
      recipient_hourly_cap: null,
      tools: ["*"],
    });
  });

  it("gives the owner everything when nothing is said, by our ids", async () => {
    const { owner, numbers } = tenants;
    await revokeGrant(admin, { client: "owner", number: "101" });
    const id = await grant(owner.clientId, numbers.ann.id);
    expect(await readGrant(id)).toMatchObject({ visibility: "all", recipient_policy: "anyone" });
  });

  it("takes every term", async () => {
    const terms = {
      visibility: "all",
      recipientPolicy: "allowlist",
      confirmPolicy: "new_recipient",
      dailyCap: 10,
      recipientHourlyCap: 2,
      tools: ["ping", "send_message", "ping"],
    } as const;
    expect(await readGrant(await grant(await newClient("dora"), "101", terms))).toMatchObject({
      visibility: "all",
      recipient_policy: "allowlist",
      confirm_policy: "new_recipient",
      daily_cap: 10,
      recipient_hourly_cap: 2,
      tools: ["ping", "send_message"],
    });
  });

  it("refuses a second grant on the same number, and leaves the first as it is", async () => {
    const { error, row } = await observeRefusal(ctx, "grant.added", () => grant("dora", "101"));
    expect(error.code).toBe("conflict");
    expect(error.advice).toContain("grants set");
    expect(row.phone_number_id).toBe(tenants.numbers.ann.id);
    expect((await listGrants(admin, "dora"))[0]).toMatchObject({
      recipientPolicy: "allowlist",
      dailyCap: 10,
    });
  });

  it("begins anew after it was revoked: under its old id, with none of its old terms", async () => {
    const [before] = await listGrants(admin, "dora");
    await allowRecipient(admin, { client: "dora", number: "101", recipient: "+16505551234" });
    await revokeGrant(admin, { client: "dora", number: "101" });
    expect(await listGrants(admin, "dora")).toEqual([]);
    expect(await grant("dora", "101")).toBe(before?.id);
    expect((await listGrants(admin, "dora"))[0]).toMatchObject({
      recipientPolicy: "open_window",
      dailyCap: null,
      tools: ["*"],
      recipients: 0,
    });
  });

  it.each<GrantTerms>([
    { tools: ["no_such_tool"] },
    { tools: [] },
    { dailyCap: -1 },
    { recipientHourlyCap: 0.5 },
  ])("refuses %j", async (terms) => {
    const work = () => grant("carl", "102", terms);
    expect((await observeRefusal(ctx, "grant.added", work)).error.code).toBe("invalid_arguments");
    expect(await listGrants(admin, "carl")).toHaveLength(1);
  });

  it("refuses an unknown client and an unknown number", async () => {
    for (const work of [() => grant("nobody", "101"), () => grant("carl", "999")])
      expect((await observeRefusal(ctx, "grant.added", work)).error.code).toBe("not_found");
  });
});

describe("changeGrant", () => {
  const name = { client: "ann", number: "101" };

  it("changes what is named and nothing else", async () => {
    const { result: id, row } = await observe(ctx, "grant.set", () =>
      changeGrant(admin, { ...name, dailyCap: 5, confirmPolicy: "always" }),
    );
    expect(row).toMatchObject({
      client_id: tenants.ann.clientId,
      phone_number_id: tenants.numbers.ann.id,
      detail: { grant_id: id, changed: ["confirmPolicy", "dailyCap"] },
    });
    expect(await readGrant(id)).toMatchObject({
      daily_cap: 5,
      confirm_policy: "always",
      visibility: "own",
      recipient_policy: "anyone",
      recipient_hourly_cap: null,
    });
    await changeGrant(admin, { ...name, recipientHourlyCap: 3 });
    expect(await readGrant(id)).toMatchObject({ daily_cap: 5, recipient_hourly_cap: 3 });
  });

  it("clears a cap", async () => {
    const id = await changeGrant(admin, { ...name, dailyCap: null });
    expect(await readGrant(id)).toMatchObject({ daily_cap: null, recipient_hourly_cap: 3 });
  });

  it("refuses to change nothing, and what does not exist", async () => {
    const nothing = await observeRefusal(ctx, "grant.set", () => changeGrant(admin, name));
    expect(nothing.error.code).toBe("invalid_arguments");
    const other = { client: "ann", number: "102", dailyCap: 1 };
    const { error, row } = await observeRefusal(ctx, "grant.set", () => changeGrant(admin, other));
    expect(error).toMatchObject({ code: "not_found", message: "This client holds no grant on this number." });
    expect(row).toMatchObject({ client_id: tenants.ann.clientId, phone_number_id: tenants.numbers.bob.id });
  });
});

describe("revokeGrant", () => {
  it("ends the grant, and says when strangers still go to the client", async () => {
    const { result, row } = await observe(ctx, "grant.revoked", () =>
      revokeGrant(admin, { client: "bob", number: "102" }),
    );
    expect(result.isDefaultClient).toBe(true);
    expect(row).toMatchObject({ client_id: tenants.bob.clientId, detail: { grant_id: result.id } });
    expect((await readGrant(result.id)).revoked_at).toEqual(ctx.clock.now());
    expect((await revokeGrant(admin, { client: "bob", number: "103" })).isDefaultClient).toBe(false);
  });

  it("refuses to revoke twice", async () => {
    const again = () => revokeGrant(admin, { client: "bob", number: "102" });
    expect((await observeRefusal(ctx, "grant.revoked", again)).error.code).toBe("not_found");
  });
});

describe("allowRecipient and disallowRecipient", () => {
  const name = { client: "ann", number: "103" };
  const allow = (recipient: string) => allowRecipient(admin, { ...name, recipient });
  const disallow = (recipient: string) => disallowRecipient(admin, { ...name, recipient });

  it("puts a person on the list, whichever way the number is written, and takes them off", async () => {
    const { result, row } = await observe(ctx, "recipient.allowed", () => allow("+1 (650) 555-7777"));
    expect(result).toMatchObject({ changed: true, isListUsed: false });
    expect(row).toMatchObject({
      client_id: tenants.ann.clientId,
      phone_number_id: tenants.numbers.shared.id,
      detail: { grant_id: result.grantId, contact_id: result.contactId },
    });
    expect(JSON.stringify(row)).not.toContain("5557777");
    expect(await allow("16505557777")).toMatchObject({ contactId: result.contactId, changed: false });
    expect(await allow(result.contactId)).toMatchObject({ changed: false });
    expect((await listGrants(admin, "ann")).map(({ recipients }) => recipients)).toEqual([0, 1]);
    const removed = await observe(ctx, "recipient.disallowed", () => disallow("+16505557777"));
    expect(removed.result).toEqual({ grantId: result.grantId, contactId: result.contactId });
    expect((await listGrants(admin, "ann")).map(({ recipients }) => recipients)).toEqual([0, 0]);
  });

  it("takes a BSUID, and knows whether the list is used", async () => {
    await changeGrant(admin, { ...name, recipientPolicy: "allowlist" });
    expect(await allow("US.13491208655302741918")).toMatchObject({ changed: true, isListUsed: true });
  });

  it("refuses what is nobody, without repeating it", async () => {
    const { error } = await observeRefusal(ctx, "recipient.allowed", () => allow("call 555 me"));
    expect(error.code).toBe("invalid_arguments");
    expect(`${error.message} ${error.advice}`).not.toContain("call 555");
    const unknown = () => allow("00000000-0000-7000-8000-000000000000");
    expect((await observeRefusal(ctx, "recipient.allowed", unknown)).error.code).toBe("not_found");
  });

  it("makes no contact of somebody who was not on the list", async () => {
    const count = async () => (await ctx.sql`select count(*)::int as n from contacts`)[0]?.n;
    const before = await count();
    const work = () => disallow("+16505559999");
    expect((await observeRefusal(ctx, "recipient.disallowed", work)).error.code).toBe("not_found");
    expect(await count()).toBe(before);
  });
});
