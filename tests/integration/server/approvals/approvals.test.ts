import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NumberGrant } from "#server/utils/auth/principal";
import type { AskPerson, CallContext } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import { callTool } from "#server/utils/mcp/call-tool";
import { askForApproval } from "#server/utils/messaging/approvals/ask-for-approval";
import { decideApproval } from "#server/utils/messaging/approvals/decide-approval";
import { expireApprovals } from "#server/utils/messaging/approvals/expire-approvals";
import { listApprovals } from "#server/utils/messaging/approvals/list-approvals";
import { callAs, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});
afterAll(() => ctx.close());

type Held = SentMessage & { readonly approval?: { readonly id: string; readonly expires_at: string } };

const withPolicy = (policy: NumberGrant["confirmPolicy"]): Tenant => ({
  ...tenants.ann,
  principal: {
    ...tenants.ann.principal,
    grants: tenants.ann.principal.grants.map((grant) => ({ ...grant, confirmPolicy: policy })),
  },
});

let people = 16505580000;
const nextPerson = (): string => `+${(people += 1)}`;
const hold = (args: Record<string, unknown> = {}): Promise<Held> =>
  sendAs(ctx, withPolicy("always"), { to: nextPerson(), phone_number_id: "101", ...args });

const statusOf = async (messageId: string): Promise<string | undefined> =>
  (await ctx.sql<{ status: string }[]>`select status from messages where id = ${messageId}`)[0]?.status;

const decide = (held: Held, verdict: "approve" | "refuse") =>
  decideApproval(ctx.system, { approvalId: held.approval?.id ?? "", verdict, by: "admin" });

/** Sends with a client whose person answers so. */
async function sendAsking(answer: Awaited<ReturnType<AskPerson>>, body: string) {
  const asked: string[] = [];
  const { structuredContent } = await callTool(ctx.system, {
    name: "send_message",
    arguments: { to: nextPerson(), body, phone_number_id: "101" },
    principal: withPolicy("always").principal,
    requestId: newId(),
    signal: new AbortController().signal,
    askPerson: async (question) => {
      asked.push(question);
      return answer;
    },
  });
  return { asked, sent: structuredContent as unknown as Held };
}

describe("a send that needs a person's word", () => {
  it("is held: it does not leave, however often its conversation is woken", async () => {
    const held = await hold();
    expect(held).toMatchObject({ status: "held", approval: { id: expect.any(String) } });
    const calls = ctx.graph.calls.length;
    await deliverEvents(ctx);
    expect(ctx.graph.calls.length).toBe(calls);
    expect(await statusOf(held.message_id)).toBe("held");
  });

  it("leaves once it is approved, exactly once, behind what was sent meanwhile", async () => {
    const to = nextPerson();
    const held = await hold({ to, body: "the held one" });
    await sendAs(ctx, tenants.ann, { to, body: "the later one", phone_number_id: "101" });
    const calls = ctx.graph.calls.length;
    expect(await decide(held, "approve")).toBe("queued");
    await deliverEvents(ctx);
    const bodies = ctx.graph.calls.slice(calls).map(({ payload }) => (payload.text as { body: string }).body);
    expect(bodies).toEqual(["the later one", "the held one"]);
    await expect(decide(held, "approve")).rejects.toMatchObject({ code: "conflict" });
    await expect(decide(held, "refuse")).rejects.toMatchObject({ code: "conflict" });
  });

  it("never leaves once it is refused, and gives its place in the caps back", async () => {
    const usage = async () =>
      (
        await ctx.sql<{ sends: number }[]>`
        select sends from usage_daily where scope = 'client' and subject_id = ${tenants.ann.clientId}`
      )[0]?.sends ?? 0;
    const before = await usage();
    const held = await hold();
    expect(await usage()).toBe(before + 1);
    expect(await decide(held, "refuse")).toBe("cancelled");
    expect(await usage()).toBe(before);
    await deliverEvents(ctx);
    expect(await statusOf(held.message_id)).toBe("cancelled");
  });

  it("expires after the set time, or with the message itself", async () => {
    const [byTime, byMessage] = [await hold(), await hold({ expires_in_s: 600 })];
    ctx.clock.advance(600_000);
    await expireApprovals(ctx.system);
    expect([await statusOf(byTime.message_id), await statusOf(byMessage.message_id)]).toEqual([
      "held",
      "expired",
    ]);
    ctx.clock.advance(24 * 3_600_000);
    // Too late even before anything has cleaned up.
    expect(await decide(byTime, "approve")).toBe("expired");
    await deliverEvents(ctx);
    expect(await statusOf(byTime.message_id)).toBe("expired");
  });

  it("is approved for exactly what it said when it was asked", async () => {
    const held = await hold({ body: "the harmless one" });
    await ctx.sql`update messages set content = '{"body":"another one"}' where id = ${held.message_id}`;
    await expect(decide(held, "approve")).rejects.toMatchObject({ code: "conflict" });
    expect(await decide(held, "refuse")).toBe("cancelled");
  });

  it.each([
    [
      "the client was disabled",
      "clients set disabled_at = now() where id",
      "clients set disabled_at = null where id",
    ],
    [
      "the grant was revoked",
      "grants set revoked_at = now() where client_id",
      "grants set revoked_at = null where client_id",
    ],
    [
      "nobody may be written to any more",
      "grants set recipient_policy = 'none' where client_id",
      "grants set recipient_policy = 'anyone' where client_id",
    ],
    [
      "the person is not on the list",
      "grants set recipient_policy = 'allowlist' where client_id",
      "grants set recipient_policy = 'anyone' where client_id",
    ],
  ])("is not let out once %s", async (_, end, restore) => {
    const held = await hold();
    await ctx.sql.unsafe(`update ${end} = '${tenants.ann.clientId}'`);
    await expect(decide(held, "approve")).rejects.toMatchObject({ code: "conflict" });
    await ctx.sql.unsafe(`update ${restore} = '${tenants.ann.clientId}'`);
    expect(await decide(held, "refuse")).toBe("cancelled");
  });

  it("leaves what is unread unread, until it leaves, and what came since then too", async () => {
    const to = nextPerson();
    let count = 0;
    const write = () => {
      const messages = [textFrom(to.slice(1), `wamid.${to}.${(count += 1)}`, "hello?", ctx.clock.now())];
      return receiveWebhook(ctx, webhookBody("101", { contacts: [{ wa_id: to.slice(1) }], messages }));
    };
    const unread = async (id: string) =>
      (await ctx.sql<{ n: number }[]>`select unread_count as n from conversations where id = ${id}`)[0]?.n;
    await write();
    const [refused, approved] = [await hold({ to }), await hold({ to })];
    expect(await unread(refused.conversation_id)).toBe(1);
    await decide(refused, "refuse");
    await write();
    await decide(approved, "approve");
    expect(await unread(refused.conversation_id)).toBe(2);
    await decide(await hold({ to }), "approve");
    expect(await unread(refused.conversation_id)).toBe(0);
  });

  it("is decided once when two decide at the same time", async () => {
    const held = await hold();
    const ends = await Promise.allSettled([
      decide(held, "approve"),
      decide(held, "refuse"),
      decide(held, "approve"),
    ]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is listed for the owner with its words, whom it goes to and until when", async () => {
    const to = nextPerson();
    const held = await hold({ to, body: "may I?" });
    const listed = (await listApprovals(ctx)).find(({ id }) => id === held.approval?.id);
    expect(listed).toMatchObject({ clientName: "ann", text: "may I?", recipient: to.slice(1), type: "text" });
    await decide(held, "refuse");
    expect((await listApprovals(ctx)).map(({ id }) => id)).not.toContain(held.approval?.id);
  });

  it("answers a repeated call with the held message, and queues no second one", async () => {
    const args = { to: nextPerson(), idempotency_key: "held-once" };
    const [first, second] = [await hold(args), await hold(args)];
    expect(second).toEqual(first);
  });

  it("leaves one audit row for the call and one for the decision, on the same request", async () => {
    const held = await hold();
    await decide(held, "approve");
    const rows = await ctx.sql<{ action: string; actor: string; request_id: string }[]>`
      select action, actor, request_id from audit_log where message_id = ${held.message_id} order by id`;
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ["tool.send_message", "key"],
      ["approval.approved", "admin"],
    ]);
    expect(rows[0]?.request_id).toBe(rows[1]?.request_id);
  });
});

describe("confirm policy new_recipient", () => {
  it("holds what goes to a stranger, until one message was let out or he wrote", async () => {
    const to = nextPerson();
    const send = (): Promise<Held> =>
      sendAs(ctx, withPolicy("new_recipient"), { to, phone_number_id: "101" });
    const first = await send();
    expect(first.status).toBe("held");
    expect((await send()).status).toBe("held");
    await decide(first, "approve");
    expect((await send()).status).toBe("queued");
  });

  it("does not hold an answer", async () => {
    const person = nextPerson().slice(1);
    const messages = [textFrom(person, `wamid.${person}`, "hello", ctx.clock.now())];
    await receiveWebhook(ctx, webhookBody("101", { contacts: [{ wa_id: person }], messages }));
    const sent = await sendAs(ctx, withPolicy("new_recipient"), { to: `+${person}`, phone_number_id: "101" });
    expect(sent.status).toBe("queued");
  });
});

describe("a client whose person can be asked", () => {
  it("sends once he accepts, having seen words and recipient", async () => {
    const { asked, sent } = await sendAsking("accept", "shall I?");
    expect(sent).toMatchObject({ status: "queued" });
    expect(sent).not.toHaveProperty("approval");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("shall I?");
    expect(asked[0]).toContain(String(people));
  });

  it("sends nothing when he declines", async () => {
    const { sent } = await sendAsking("decline", "shall I?");
    expect(sent.status).toBe("cancelled");
    expect(await statusOf(sent.message_id)).toBe("cancelled");
  });

  it("leaves it to the owner when he gives no answer", async () => {
    const { sent } = await sendAsking("cancel", "shall I?");
    expect(sent).toMatchObject({ status: "held", approval: { id: expect.any(String) } });
    expect(await decide(sent, "approve")).toBe("queued");
  });

  it("learns where it stands when the owner decided while he was asked, and gave no answer", async () => {
    const { structuredContent } = await callTool(ctx.system, {
      name: "send_message",
      arguments: { to: nextPerson(), body: "who is faster?", phone_number_id: "101" },
      principal: withPolicy("always").principal,
      requestId: newId(),
      signal: new AbortController().signal,
      askPerson: async (_, messageId) => {
        const open = (await listApprovals(ctx)).find((approval) => approval.messageId === messageId);
        await decideApproval(ctx.system, { approvalId: open?.id ?? "", verdict: "refuse", by: "admin" });
        return "cancel";
      },
    });
    expect(structuredContent).toMatchObject({ status: "cancelled" });
  });

  it("is not asked about what was decided already", async () => {
    const held = await hold();
    await decide(held, "approve");
    const askPerson = async (): Promise<never> => {
      throw new Error("there is nothing to ask");
    };
    const call = { ...ctx.system, askPerson } as unknown as CallContext;
    expect(await askForApproval(call, held.message_id)).toBe("queued");
  });

  it("is shown what a reader cannot see: he would approve something else", async () => {
    const { asked } = await sendAsking("decline", "pay\u202e 1\u200b00");
    expect(asked[0]).toContain("pay\\u{202e} 1\\u{200b}00");
  });
});

describe("another client", () => {
  it("does not see what is held", async () => {
    const held = await hold();
    const status = await callAs(ctx, tenants.bob, "get_message_status", { message_id: held.message_id });
    expect(status.isError).toBe(true);
  });
});
