import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimMessage, type Claim } from "#server/utils/messaging/sending/claim-message";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { recoverAbandonedAttempts } from "#server/utils/messaging/sending/recover-abandoned-attempts";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { webhookBody } from "#tests/helpers/server/webhook-bodies";

const ACCEPTED: SendOutcome = { kind: "accepted", wamid: "wamid.accepted" };

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterAll(() => ctx.close());

/** Queues messages in one new conversation, without waking anybody. */
async function queue(count: number, args: Record<string, unknown> = {}): Promise<SentMessage[]> {
  const to = `+${(lastDigits += 1)}`;
  const sent: SentMessage[] = [];
  for (let index = 0; index < count; index += 1) {
    sent.push(await sendAs(ctx, tenants.ann, { to, phone_number_id: "101", ...args }));
  }
  return sent;
}

const claim = (message: SentMessage): Promise<Claim | undefined> =>
  claimMessage(ctx.system, message.conversation_id);

async function claimed(message: SentMessage): Promise<Claim> {
  const found = await claim(message);
  if (!found) throw new Error("nothing could be claimed");
  return found;
}

let acceptedCount = 0;
const accepted = (): SendOutcome => ({ ...ACCEPTED, wamid: `wamid.accepted-${(acceptedCount += 1)}` });
const read = (message: SentMessage) => readMessage(ctx, message.message_id);

describe("claimMessage", () => {
  it("takes the oldest message, whichever woke the run, and records the attempt before the POST", async () => {
    const [first] = (await queue(3)) as [SentMessage];
    const { message, attempt, waPhoneNumberId, address } = await claimed(first);
    expect({ id: message.id, attempt, waPhoneNumberId }).toEqual({
      id: first.message_id,
      attempt: 1,
      waPhoneNumberId: "101",
    });
    expect(address).toEqual({ kind: "phone", value: String(lastDigits) });
    expect(await read(first)).toMatchObject({ status: "sending", attempts: 1 });
    expect(await readHistory(ctx, first.message_id)).toEqual(["queued", "sending"]);
  });

  it("gives a message to one of 20 that try at once", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(only)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect((await read(only)).attempts).toBe(1);
  });

  it("passes nothing that is on its way, nor what waits for its next attempt", async () => {
    const [first, second] = (await queue(2)) as [SentMessage, SentMessage];
    const inFlight = await claimed(first);
    expect(await claim(second)).toBeUndefined();
    await settleMessage(ctx.system, inFlight, failing("retry"));
    expect(await claim(second)).toBeUndefined();
    ctx.clock.advance(1_000);
    expect((await claimed(second)).message.id).toBe(first.message_id);
  });

  it("has a message's wake-up come again that came too early by the clock of its host", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    await settleMessage(ctx.system, await claimed(only), failing("retry"));
    await ctx.sql`delete from outbox`;
    expect(await claim(only)).toBeUndefined();
    expect(await claim(only)).toBeUndefined();
    const wakes =
      await ctx.sql`select available_at from outbox where data ->> 'message_id' = ${only.message_id}`;
    expect(wakes.map(({ available_at }) => available_at as unknown)).toEqual([
      (await read(only)).next_attempt_at,
    ]);
    ctx.clock.advance(1_000);
    await deliverEvents(ctx);
    expect((await read(only)).status).toBe("accepted");
  });

  it("passes a message of which nobody knows whether Meta took it", async () => {
    const [first, second] = (await queue(2)) as [SentMessage, SentMessage];
    await settleMessage(ctx.system, await claimed(first), failing("uncertain"));
    expect((await claimed(second)).message.id).toBe(second.message_id);
  });

  it("passes any number of them", async () => {
    const messages = await queue(53);
    for (const one of messages.slice(0, 52)) {
      // So that the person's share of Meta's rate is not what holds them up.
      ctx.clock.advance(6_000);
      await settleMessage(ctx.system, await claimed(one), failing("uncertain"));
    }
    const last = messages.at(-1) as SentMessage;
    expect((await claim(last))?.message.id).toBe(last.message_id);
  });

  it("never sends what has expired, and goes on to the next", async () => {
    const [old] = (await queue(1, { expires_in_s: 60 })) as [SentMessage];
    const to = `+${lastDigits}`;
    const fresh = await sendAs(ctx, tenants.ann, { to, phone_number_id: "101" });
    ctx.clock.advance(60_000);
    expect((await claimed(old)).message.id).toBe(fresh.message_id);
    expect(await read(old)).toMatchObject({ status: "expired", attempts: 0 });
    const [audited] =
      await ctx.sql`select action, outcome from audit_log where message_id = ${old.message_id} and actor = 'system'`;
    expect(audited).toEqual({ action: "message.expired", outcome: "failed" });
  });

  it("fails a message whose contact has no address left, and goes on to the next", async () => {
    const [first, second] = (await queue(2)) as [SentMessage, SentMessage];
    const { contact_id } = await read(first);
    await settleMessage(ctx.system, await claimed(first), failing("retry"));
    expect(await claim(second)).toBeUndefined();
    await ctx.sql`update contact_aliases set ended_at = now() where contact_id = ${contact_id}`;
    // One wake-up is left, that of the first.
    await ctx.sql`delete from outbox where available_at <= ${ctx.clock.now()}`;
    ctx.clock.advance(1_000);
    await deliverEvents(ctx);
    expect((await read(first)).status).toBe("failed");
    expect((await read(second)).status).toBe("failed");
  });
});

describe("settleMessage", () => {
  it("stores what Meta said", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    await settleMessage(ctx.system, await claimed(only), { ...ACCEPTED, traceId: "trace" });
    expect(await read(only)).toMatchObject({
      status: "accepted",
      wamid: "wamid.accepted",
      claim_expires_at: null,
    });
    const [audited] =
      await ctx.sql`select outcome, detail from audit_log where action = 'message.accepted' and message_id = ${only.message_id}`;
    expect(audited).toEqual({ outcome: "ok", detail: { attempt: 1, fbtrace_id: "trace" } });
  });

  it("says the same when it is called again", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    const mine = await claimed(only);
    const outcome = accepted();
    await settleMessage(ctx.system, mine, outcome);
    const before = await read(only);
    await settleMessage(ctx.system, mine, outcome);
    await settleMessage(ctx.system, mine, failing("failed"));
    await settleMessage(ctx.system, mine, failing("retry"));
    expect(await read(only)).toEqual(before);
  });

  it("of an older attempt changes nothing once a newer one has begun", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    const older = await claimed(only);
    await settleMessage(ctx.system, older, failing("retry"));
    ctx.clock.advance(1_000);
    const newer = await claimed(only);
    await settleMessage(ctx.system, older, failing("failed"));
    expect(await read(only)).toMatchObject({ status: "sending", attempts: 2 });
    await settleMessage(ctx.system, newer, accepted());
    expect((await read(only)).status).toBe("accepted");
  });

  it("that learns late that Meta took the message keeps it from being sent again", async () => {
    const [only] = (await queue(1)) as [SentMessage];
    const slow = await claimed(only);
    // Its process stands still for so long that everybody else gives it up, and the message is to be sent again.
    ctx.clock.advance(60_000);
    await recoverAbandonedAttempts(ctx.system);
    ctx.clock.advance(5_000);
    await receiveWebhook(ctx, webhookBody("101", { statuses: [{ id: "wamid.other", status: "sent" }] }));
    ctx.clock.advance(90_000);
    expect(await settleUncertain(ctx.system, only.message_id)).toEqual({ outcome: "retry" });
    expect((await read(only)).status).toBe("queued");
    await settleMessage(ctx.system, slow, accepted());
    expect((await read(only)).status).toBe("accepted");
    const callCount = ctx.graph.calls.length;
    await deliverEvents(ctx);
    expect(
      ctx.graph.calls.slice(callCount).map(({ payload }) => payload.biz_opaque_callback_data),
    ).not.toContain(only.message_id);
  });

  it("leaves a failure with Meta's code and audits it, without the words of the message", async () => {
    const body = "canary-7c2a";
    const [only] = (await queue(1, { body })) as [SentMessage];
    await settleMessage(ctx.system, await claimed(only), failing("failed", 131026));
    expect(await read(only)).toMatchObject({
      status: "failed",
      error: { code: 131026 },
      failed_at: ctx.clock.now(),
    });
    const rows = await ctx.sql<
      { error_code: string }[]
    >`select * from audit_log where message_id = ${only.message_id} and actor = 'system'`;
    expect(rows).toMatchObject([{ action: "message.failed", outcome: "failed", error_code: "131026" }]);
    expect(JSON.stringify([rows, ctx.logged])).not.toContain(body);
  });
});

describe("sendNextMessage", () => {
  it("sends each message once, in order, when more runs come than messages", async () => {
    const messages = await queue(5);
    const { conversation_id } = messages[0] as SentMessage;
    const callCount = ctx.graph.calls.length;
    const run = async (): Promise<void> => {
      await sendNextMessage(ctx.system, conversation_id);
    };
    await Promise.all(Array.from({ length: 12 }, run));
    await deliverEvents(ctx);
    const sent = ctx.graph.calls.slice(callCount).map(({ payload }) => payload.biz_opaque_callback_data);
    expect(sent.filter((id) => messages.some(({ message_id }) => message_id === id))).toEqual(
      messages.map(({ message_id }) => message_id),
    );
    expect(await sendNextMessage(ctx.system, conversation_id)).toEqual({
      message_id: null,
      outcome: "nothing_to_send",
    });
  });

  it("learns how Meta names the person, and writes to that name from then on", async () => {
    const [first, second] = (await queue(2)) as [SentMessage, SentMessage];
    const { contact_id } = await read(first);
    const [waId, userId] = [`9${lastDigits}`, `US.${lastDigits}`];
    ctx.graph.plan({ kind: "accepted", wamid: "wamid.named", waId, userId });
    await sendNextMessage(ctx.system, first.conversation_id);
    const aliases = await ctx.sql`
      select kind, value from contact_aliases where contact_id = ${contact_id} order by kind`;
    expect([...aliases]).toEqual([
      { kind: "bsuid", value: userId },
      { kind: "phone_input", value: String(lastDigits) },
      { kind: "wa_id", value: waId },
    ]);
    expect((await claimed(second)).address).toEqual({ kind: "phone", value: waId });
  });
});
