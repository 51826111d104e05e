import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { decideAsAdmin } from "#server/utils/admin/approvals/decide-as-admin";
import { sendAs, type SentMessage } from "#tests/helpers/server/call-as";
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

type Held = SentMessage & { readonly approval?: { readonly id: string } };
const decide = (approval: string, verdict: "approve" | "refuse") =>
  decideAsAdmin(admin, { approval, verdict });

let people = 16505590000;
/** Sends with a grant that asks a person each time. Returns the id of the approval, and the message's. */
async function hold(): Promise<{ approval: string; messageId: string }> {
  const grants = tenants.ann.principal.grants.map((grant) =>
    Object.assign({}, grant, { confirmPolicy: "always" }),
  );
  const asked = { ...tenants.ann, principal: { ...tenants.ann.principal, grants } };
  const held: Held = await sendAs(ctx, asked, { to: `+${(people += 1)}`, phone_number_id: "101" });
  return { approval: held.approval?.id ?? "", messageId: held.message_id };
}

describe("decideAsAdmin", () => {
  it.each([
    ["approve", "approval.approved", "queued"],
    ["refuse", "approval.refused", "cancelled"],
  ] as const)("can %s, once, with one row each time", async (verdict, action, status) => {
    const { approval, messageId } = await hold();
    const { result, row } = await observe(ctx, action, () => decide(approval, verdict));
    expect(result).toBe(status);
    expect(row).toMatchObject({
      client_id: tenants.ann.clientId,
      message_id: messageId,
      detail: { approval_id: approval },
    });
    const again = await observeRefusal(ctx, action, () => decide(approval, verdict));
    expect(again.error.code).toBe("conflict");
    expect(again.row.detail).toEqual({ approval_id: approval });
  });

  it("says that it was too late when the time is up: the message expired", async () => {
    const { approval, messageId } = await hold();
    ctx.clock.advance(30 * 86_400_000);
    await ctx.sql`truncate audit_log`;
    await expect(decide(approval, "approve")).rejects.toMatchObject({ code: "conflict" });
    const [message] = await ctx.sql`select status from messages where id = ${messageId}`;
    expect(message?.status).toBe("expired");
    expect(await ctx.sql`select action, outcome from audit_log`).toEqual([
      { action: "approval.expired", outcome: "ok" },
    ]);
  });

  it.each(["nothing", "00000000-0000-7000-8000-000000000000"])("refuses %s, which is none", async (id) => {
    const { error } = await observeRefusal(ctx, "approval.approved", () => decide(id, "approve"));
    expect(error.code).toBe("not_found");
  });
});
