import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NumberGrant } from "#server/utils/auth/principal";
import { createSurface } from "#server/utils/mcp/create-surface";
import { STATE_TTL_MS } from "#server/utils/mcp/create-state-seal";
import {
  createModernExchanges,
  type ModernExchanges,
} from "#server/utils/mcp/modern/create-modern-exchanges";
import { decideApproval } from "#server/utils/messaging/approvals/decide-approval";
import { listApprovals } from "#server/utils/messaging/approvals/list-approvals";
import { createModernClient, type ModernAnswer } from "#tests/helpers/server/create-modern-client";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";

const ELICITATION = { elicitation: { form: {} } };

let ctx: TestContext;
let tenants: Tenants;
let exchanges: ModernExchanges;
beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  exchanges = createModernExchanges(ctx.system, createSurface(ctx.system));
});
afterAll(async () => {
  exchanges?.close();
  await ctx?.close();
});

interface Args extends Record<string, unknown> {
  readonly to: string;
}
let people = 16505570000;
let args: Args;
let auditsBefore: number;
beforeEach(async () => {
  args = { to: `+${(people += 1)}`, body: "shall it go?", phone_number_id: "101" };
  auditsBefore = await countAudits();
});

const withPolicy = ({ principal }: Tenant, confirmPolicy: NumberGrant["confirmPolicy"] = "always") => ({
  ...principal,
  grants: principal.grants.map((grant) => ({ ...grant, confirmPolicy })),
});

/** Sends, with whatever a client brings to a call that it makes again. */
async function send(
  retry: Record<string, unknown> = {},
  { given = args, tenant = tenants.ann, capabilities = ELICITATION as Record<string, unknown> } = {},
): Promise<ModernAnswer> {
  const client = createModernClient(exchanges, withPolicy(tenant));
  return client.ask("tools/call", { name: "send_message", arguments: given, ...retry }, { capabilities });
}

const stateOf = ({ result }: ModernAnswer): string => String(result?.requestState);
const answering = (asked: ModernAnswer, action: string) => ({
  requestState: stateOf(asked),
  inputResponses: { approval: { action, ...(action === "accept" ? { content: {} } : {}) } },
});
/** The messages to the person of this test, in their order. */
const messages = async (): Promise<{ id: string; status: string }[]> =>
  ctx.sql`
    select m.id, m.status from messages m join conversations c on c.id = m.conversation_id
    join contact_aliases a on a.contact_id = c.contact_id where a.value = ${args.to.slice(1)} order by m.id`;
const statuses = async (): Promise<string[]> => (await messages()).map(({ status }) => status);
const countAudits = async (): Promise<number> =>
  (
    await ctx.sql<[{ count: number }]>`
    select count(*)::int from audit_log where action = 'tool.send_message'`
  )[0].count;
const lastAudits = () => ctx.sql`
  select action, outcome, error_code from audit_log
  where action = 'tool.send_message' or action like 'approval.%' order by id desc limit 2`;

describe("a send that needs a person's word, of a client of MCP 2026-07-28", () => {
  it("is held, and ends with the question and what the client has to bring back", async () => {
    const asked = await send();
    expect(asked).toMatchObject({
      status: 200,
      result: {
        resultType: "input_required",
        requestState: expect.stringMatching(/^[\w-]{40,}$/),
        inputRequests: {
          approval: {
            method: "elicitation/create",
            params: {
              mode: "form",
              message: expect.stringContaining("shall it go?"),
              requestedSchema: { type: "object", properties: {} },
            },
          },
        },
      },
    });
    const [held] = await messages();
    expect(held).toMatchObject({ status: "held" });
    expect(asked.result?._meta).toMatchObject({ "wamcp/message_id": held?.id });
    // The client carries it, and may not read in it.
    expect(Buffer.from(stateOf(asked), "base64url").toString("latin1")).not.toContain(held?.id);
    expect(await countAudits()).toBe(auditsBefore + 1);
    expect((await lastAudits())[0]).toMatchObject({ action: "tool.send_message", outcome: "ok" });
  });

  it("is queued once the person accepts, by the same call, and leaves once", async () => {
    const asked = await send();
    const answer = await send(answering(asked, "accept"));
    const [message, ...others] = await messages();
    expect(answer.result).toMatchObject({
      resultType: "complete",
      isError: false,
      structuredContent: { message_id: message?.id, status: "queued" },
    });
    expect(answer.result?.structuredContent).not.toHaveProperty("approval");
    expect(others).toEqual([]);
    expect(await countAudits()).toBe(auditsBefore + 2);
    expect((await lastAudits()).map(({ action, outcome }) => `${action}: ${outcome}`).toSorted()).toEqual([
      "approval.approved: ok",
      "tool.send_message: ok",
    ]);
    const sends = ctx.graph.calls.length;
    await deliverEvents(ctx);
    expect(ctx.graph.calls.length).toBe(sends + 1);
  });

  it("is cancelled when the person declines, and stays held when he gives no answer", async () => {
    const declined = await send(answering(await send(), "decline"));
    expect(declined.result).toMatchObject({ structuredContent: { status: "cancelled" } });
    args = { ...args, to: `+${(people += 1)}` };
    const dismissed = await send(answering(await send(), "cancel"));
    expect(dismissed.result).toMatchObject({
      structuredContent: { status: "held", approval: { id: expect.any(String) } },
    });
  });

  it.each([
    ["no answer", {}],
    ["an answer to something else", { other: { action: "accept", content: {} } }],
    ["an answer that is none", { approval: { action: "perhaps" } }],
  ])("is asked about again, and not written twice, after %s", async (_, inputResponses) => {
    const asked = await send();
    const again = await send({ requestState: stateOf(asked), inputResponses });
    expect(again.result).toMatchObject({ resultType: "input_required" });
    expect(await statuses()).toEqual(["held"]);
    expect(await countAudits()).toBe(auditsBefore + 2);
    const answer = await send(answering(again, "accept"));
    expect(answer.result).toMatchObject({ structuredContent: { status: "queued" } });
    expect(await statuses()).toEqual(["queued"]);
  });

  it("is not approved by an answer to a question that was never put", async () => {
    const { inputResponses } = answering({ status: 200, notifications: [] }, "accept");
    expect((await send({ inputResponses })).result).toMatchObject({ resultType: "input_required" });
    expect(await statuses()).toEqual(["held"]);
  });

  it("keeps its first answer, whatever is answered later", async () => {
    const asked = await send();
    await send(answering(asked, "decline"));
    for (const action of ["accept", "decline", "cancel"]) {
      const replayed = await send(answering(asked, action));
      expect(replayed.result).toMatchObject({ isError: false, structuredContent: { status: "cancelled" } });
    }
    expect(await statuses()).toEqual(["cancelled"]);
  });

  it("says where it stands when the owner was faster", async () => {
    const asked = await send();
    const open = (await listApprovals(ctx)).at(-1);
    await decideApproval(ctx.system, { approvalId: open?.id ?? "", verdict: "approve", by: "admin" });
    const answer = await send(answering(asked, "decline"));
    expect(answer.result).toMatchObject({ structuredContent: { status: "queued" } });
  });

  const INVALID = { error: { code: -32602, data: { reason: "invalid_request_state" } } };

  async function expectRefused(answer: ModernAnswer): Promise<void> {
    expect(answer).toMatchObject(INVALID);
    // There is a held message: another call would be another message.
    expect(answer.error?.message).toContain("may still wait");
    expect(answer.error?.message).not.toMatch(/nothing was done|again without/i);
    expect(await statuses()).toEqual(["held"]);
    expect(await countAudits()).toBe(auditsBefore + 2);
    expect((await lastAudits())[0]).toMatchObject({ outcome: "refused", error_code: "invalid_arguments" });
  }

  it.each([
    ["changed", (state: string) => `${state.startsWith("A") ? "B" : "A"}${state.slice(1)}`],
    ["changed at its end", (state: string) => `${state.slice(0, -6)}AAAAAA`],
    ["longer", (state: string) => `${state}-TAMPERED`],
    ["shorter", (state: string) => state.slice(0, 30)],
    ["spelt in another way", (state: string) => `${state}=`],
    ["empty", () => ""],
  ])("is left alone by a state that is %s", async (_, change) => {
    const asked = await send();
    await expectRefused(await send({ ...answering(asked, "accept"), requestState: change(stateOf(asked)) }));
  });

  it("is left alone by another key of the same client, and by another client", async () => {
    const asked = await send();
    const key = await mintKey(ctx, tenants.ann.clientId, [...tenants.ann.principal.scopes]);
    await expectRefused(await send(answering(asked, "accept"), { tenant: key }));
    const shared = { ...args, phone_number_id: "103" };
    const foreign = await send(answering(asked, "accept"), { given: shared, tenant: tenants.bob });
    expect(foreign).toMatchObject(INVALID);
    expect(await statuses()).toEqual(["held"]);
  });

  it("is left alone by a call with other arguments, or of another tool", async () => {
    const asked = await send();
    await expectRefused(await send(answering(asked, "accept"), { given: { ...args, body: "more" } }));
    const client = createModernClient(exchanges, withPolicy(tenants.ann));
    const other = await client.ask(
      "tools/call",
      { name: "cancel_message", arguments: args, ...answering(asked, "accept") },
      { capabilities: ELICITATION },
    );
    expect(other).toMatchObject(INVALID);
    expect(await statuses()).toEqual(["held"]);
  });

  it("takes the arguments in any order", async () => {
    const asked = await send();
    const given = Object.fromEntries(Object.entries(args).toReversed()) as Args;
    const answer = await send(answering(asked, "accept"), { given });
    expect(answer.result).toMatchObject({ structuredContent: { status: "queued" } });
  });

  it("is asked about again when the answer comes too late, and not written twice", async () => {
    const asked = await send();
    ctx.clock.advance(STATE_TTL_MS);
    const again = await send(answering(asked, "accept"));
    expect(again.result).toMatchObject({ resultType: "input_required", _meta: asked.result?._meta });
    expect(await statuses()).toEqual(["held"]);
    expect((await send(answering(again, "accept"))).result).toMatchObject({
      structuredContent: { status: "queued" },
    });
    expect(await statuses()).toEqual(["queued"]);
  });

  it.each(["approve", "refuse"] as const)(
    "says where it stands when the answer comes too late and the owner could %s",
    async (verdict) => {
      const asked = await send();
      ctx.clock.advance(STATE_TTL_MS);
      const open = (await listApprovals(ctx)).at(-1);
      const status = await decideApproval(ctx.system, { approvalId: open?.id ?? "", verdict, by: "admin" });
      const answer = await send(answering(asked, "accept"));
      expect(answer.result).toMatchObject({ isError: false, structuredContent: { status } });
      expect(await statuses()).toEqual([status]);
    },
  );

  it("is approved with the key that took the place of the one that asked", async () => {
    const asked = await send();
    const { limitsKeyId } = tenants.ann.principal;
    const key = await mintKey(ctx, tenants.ann.clientId, [...tenants.ann.principal.scopes]);
    const rotated = { ...key, principal: { ...key.principal, limitsKeyId } };
    const answer = await send(answering(asked, "accept"), { tenant: rotated });
    expect(answer.result).toMatchObject({ structuredContent: { status: "queued" } });
    expect(await statuses()).toEqual(["queued"]);
  });

  it("is not found again when it says something else by now", async () => {
    const asked = await send();
    await ctx.sql`update messages set content_hash = 'another' where id = ${(await messages())[0]?.id ?? ""}`;
    expect((await send(answering(asked, "accept"))).result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "not_found" } },
    });
    expect(await statuses()).toEqual(["held"]);
  });

  it.each([
    ["none", {}],
    ["only links", { elicitation: { url: {} } }],
  ])("is held for the owner where the client can ask %s", async (_, capabilities) => {
    const answer = await send({}, { capabilities });
    expect(answer.result).toMatchObject({
      resultType: "complete",
      structuredContent: { status: "held", approval: { id: expect.any(String) } },
    });
  });

  it("is asked about again by the same idempotency key, and written once", async () => {
    args = { ...args, idempotency_key: `again-${people}` };
    await send();
    const again = await send();
    expect(again.result).toMatchObject({ resultType: "input_required" });
    await send(answering(again, "accept"));
    expect(await statuses()).toEqual(["queued"]);
  });
});
