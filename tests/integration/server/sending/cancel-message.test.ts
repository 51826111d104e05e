import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimMessage } from "#server/utils/messaging/sending/claim-message";
import { recoverAbandonedAttempts } from "#server/utils/messaging/sending/recover-abandoned-attempts";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { callAs, errorOf, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { mintKey, seedTenants, type Tenant, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, webhookBody } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, outbox, audit_log cascade`;
  ctx.graph.calls.length = 0;
});

afterAll(() => ctx.close());

const someone = (): string => `+${(lastDigits += 1)}`;
const send = (to = someone()): Promise<SentMessage> =>
  sendAs(ctx, tenants.ann, { to, phone_number_id: "101" });
const cancel = (message: SentMessage, tenant: Tenant = tenants.ann) =>
  callAs(ctx, tenant, "cancel_message", { message_id: message.message_id });
const read = (message: SentMessage) => readMessage(ctx, message.message_id);

async function refusal(message: SentMessage, tenant?: Tenant) {
  const { code, message: words, details } = errorOf(await cancel(message, tenant));
  return { code, words, details };
}

describe("cancel_message", () => {
  it("cancels what is queued: it never leaves, and the audit log says who did it", async () => {
    const message = await send();
    const answer = await cancel(message);
    expect(answer.structuredContent).toEqual({
      message_id: message.message_id,
      status: "cancelled",
      may_have_arrived: false,
    });
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(0);
    expect(await read(message)).toMatchObject({ status: "cancelled", attempts: 0 });
    expect(await readHistory(ctx, message.message_id)).toEqual(["queued", "cancelled"]);
    const rows = await ctx.sql`
      select actor, client_id, outcome, message_id, conversation_id from audit_log where action = 'tool.cancel_message'`;
    expect([...rows]).toEqual([
      {
        actor: "key",
        client_id: tenants.ann.clientId,
        outcome: "ok",
        message_id: message.message_id,
        conversation_id: message.conversation_id,
      },
    ]);
  });

  it("says the same when it is called again", async () => {
    const message = await send();
    const first = await cancel(message);
    expect((await cancel(message)).structuredContent).toEqual(first.structuredContent);
    expect(await readHistory(ctx, message.message_id)).toEqual(["queued", "cancelled"]);
  });

  it("voids the approval of what is held", async () => {
    await ctx.sql`update grants set confirm_policy = 'always' where client_id = ${tenants.ann.clientId}`;
    const ann = await mintKey(ctx, tenants.ann.clientId, [
      "tools:send_message",
      "tools:cancel_message",
      "numbers:101",
    ]);
    const message = await sendAs(ctx, ann, { to: someone(), phone_number_id: "101" });
    await ctx.sql`update grants set confirm_policy = 'never'`;
    expect(message.status).toBe("held");
    expect((await cancel(message, ann)).isError).toBe(false);
    const [approval] =
      await ctx.sql`select state, decided_by from approvals where message_id = ${message.message_id}`;
    expect(approval).toEqual({ state: "refused", decided_by: "key" });
    expect((await read(message)).status).toBe("cancelled");
  });

  it("gives the wake-up that waited behind it to the next one", async () => {
    const to = someone();
    const [first, second, third] = [await send(to), await send(to), await send(to)];
    ctx.graph.plan({
      kind: "retry",
      error: { reason: "as the test wants it", code: 2494100, backoff: "five_minutes" },
    });
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(1);
    await cancel(first);
    await deliverEvents(ctx);
    expect((await read(second)).status).toBe("accepted");
    expect((await read(third)).status).toBe("accepted");
    expect((await read(first)).status).toBe("cancelled");
  });

  it("is too late for what has left, and says so", async () => {
    const message = await send();
    const claim = await claimMessage(ctx.system, message.conversation_id);
    expect(await refusal(message)).toMatchObject({ code: "conflict", details: { status: "sending" } });
    if (claim) await settleMessage(ctx.system, claim, { kind: "accepted", wamid: "wamid.cancel" });
    expect(await refusal(message)).toMatchObject({ code: "conflict", details: { status: "accepted" } });
    expect((await read(message)).status).toBe("accepted");
  });

  it("is too late for what may have arrived, and says that", async () => {
    const message = await send();
    ctx.graph.plan(failing("uncertain"));
    await deliverEvents(ctx);
    expect((await refusal(message)).words).toContain("may have arrived");
    ctx.clock.advance(15 * 60_000);
    await settleUncertain(ctx.system, message.message_id);
    expect(await refusal(message)).toMatchObject({ code: "conflict", details: { status: "unknown" } });
  });

  it("says when an earlier attempt may have arrived, and a late status corrects it", async () => {
    const message = await send();
    await claimMessage(ctx.system, message.conversation_id);
    ctx.clock.advance(60_000);
    await recoverAbandonedAttempts(ctx.system);
    ctx.clock.advance(5_000);
    await receiveWebhook(ctx, webhookBody("101", { statuses: [{ id: "wamid.else", status: "sent" }] }));
    ctx.clock.advance(90_000);
    expect(await settleUncertain(ctx.system, message.message_id)).toEqual({ outcome: "retry" });
    expect((await cancel(message)).structuredContent).toMatchObject({ may_have_arrived: true });
    const status = statusOf("wamid.late", "sent", ctx.clock.now(), {
      biz_opaque_callback_data: message.message_id,
    });
    await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
    expect(await read(message)).toMatchObject({ status: "sent", wamid: "wamid.late" });
  });

  it("knows another tenant's message as little as one that never was", async () => {
    const message = await send();
    const missing = { ...message, message_id: crypto.randomUUID() };
    const answers = [await refusal(message, tenants.bob), await refusal(missing, tenants.bob)];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.code).toBe("not_found");
    // The owner sees it, and has not sent it: an administrator resumes, pauses and disables, a key takes back its own.
    expect((await refusal(message, tenants.owner)).code).toBe("not_found");
    expect((await read(message)).status).toBe("queued");
  });

  it("is not for a key without the scope, nor for a number that the key does not have", async () => {
    const message = await send();
    const reader = await mintKey(ctx, tenants.ann.clientId, ["tools:get_messages", "numbers:*"]);
    expect((await refusal(message, reader)).code).toBe("forbidden");
    const elsewhere = await mintKey(ctx, tenants.ann.clientId, ["tools:cancel_message", "numbers:103"]);
    expect((await refusal(message, elsewhere)).code).toBe("not_found");
  });

  it("races a claim, and one of the two comes first: never both", async () => {
    const ends = new Set<string>();
    for (let round = 0; round < 40; round += 1) {
      const message = await send();
      const before = ctx.graph.calls.length;
      const sending = async (): Promise<void> => {
        // A cancellation asks the database more before it comes to the lock: the claim starts a little later each round.
        for (let step = 0; step < round % 8; step += 1) await ctx.sql`select 1`;
        const claim = await claimMessage(ctx.system, message.conversation_id);
        if (!claim) return;
        ctx.graph.calls.push({ phoneNumberId: "101", accessToken: "", payload: {} });
        await settleMessage(ctx.system, claim, { kind: "accepted", wamid: `wamid.race-${round}` });
      };
      const [answer] = await Promise.all([cancel(message), sending()]);
      const { status } = await read(message);
      const sentCount = ctx.graph.calls.length - before;
      expect({ status, isError: answer.isError, sentCount }).toEqual(
        status === "cancelled"
          ? { status, isError: false, sentCount: 0 }
          : { status: "accepted", isError: true, sentCount: 1 },
      );
      ends.add(status);
    }
    expect([...ends].toSorted()).toEqual(["accepted", "cancelled"]);
  });

  it("waits for a claim that holds the conversation, and then is too late", async () => {
    const message = await send();
    let hold = (): void => {};
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (hold = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const claiming = ctx.sql.begin(async (tx) => {
      await tx`select 1 from conversations where id = ${message.conversation_id} for no key update`;
      hold();
      await released;
      await tx`update messages set status = 'sending', attempts = 1 where id = ${message.message_id}`;
    });
    // Otherwise the cancelling might come first, and nobody would wait.
    await held;
    const cancelling = refusal(message);
    await expect
      .poll(async () => {
        const waiting =
          await ctx.sql`select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
        return waiting.length;
      })
      .toBeGreaterThan(0);
    release();
    await claiming;
    expect(await cancelling).toMatchObject({ code: "conflict", details: { status: "sending" } });
  });
});
