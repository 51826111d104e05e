import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recoverAbandonedAttempts } from "#server/utils/messaging/sending/recover-abandoned-attempts";
import { wakeStuckMessages } from "#server/utils/messaging/sending/wake-stuck-messages";
import { claimMessage } from "#server/utils/messaging/sending/claim-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { sendAs } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { webhookBody } from "#tests/helpers/server/webhook-bodies";

const MINUTE_MS = 60_000;

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, outbox, webhook_inbox cascade`;
  await ctx.sql`update phone_numbers set last_webhook_at = null`;
});

afterAll(() => ctx.close());

const queue = (args: Record<string, unknown> = {}) =>
  sendAs(ctx, tenants.ann, { to: `+${(lastDigits += 1)}`, phone_number_id: "101", ...args });

/** A message of which nobody knows whether Meta took it, as of now. */
async function sendUncertain(args: Record<string, unknown> = {}): Promise<string> {
  ctx.graph.plan(failing("uncertain"));
  const { message_id } = await queue(args);
  await deliverEvents(ctx);
  expect(await readMessage(ctx, message_id)).toMatchObject({
    status: "sending",
    uncertain_at: ctx.clock.now(),
  });
  return message_id;
}

/** Something that Meta says about somebody else, on a number. */
const hearFromMeta = (number = "101") =>
  receiveWebhook(ctx, webhookBody(number, { statuses: [{ id: `wamid.${Math.random()}`, status: "sent" }] }));

const settle = async (id: string): Promise<string> => (await settleUncertain(ctx.system, id)).outcome;
const statusOf = async (id: string): Promise<string> => (await readMessage(ctx, id)).status;

async function readWakes(id: string): Promise<{ name: string; inMs: number }[]> {
  const rows = await ctx.sql<{ name: string; available_at: Date }[]>`
    select name, available_at from outbox where sent_at is null and data ->> 'message_id' = ${id} order by id`;
  return rows.map(({ name, available_at }) => ({
    name,
    inMs: available_at.getTime() - ctx.clock.now().getTime(),
  }));
}

describe("an uncertain message", () => {
  it("is looked at when silence may mean something, and not before", async () => {
    const id = await sendUncertain();
    expect(await readWakes(id)).toEqual([{ name: "wa/message.uncertain", inMs: 90_000 }]);
    await hearFromMeta();
    ctx.clock.advance(89_000);
    await hearFromMeta();
    expect(await settle(id)).toBe("waiting");
  });

  it("is sent again after silence while webhooks flow", async () => {
    const id = await sendUncertain();
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(88_000);
    const callCount = ctx.graph.calls.length;
    await deliverEvents(ctx);
    expect(ctx.graph.calls.length).toBe(callCount + 1);
    expect(await readMessage(ctx, id)).toMatchObject({ status: "accepted", attempts: 2, uncertain_at: null });
    expect(await readHistory(ctx, id)).toEqual([
      "queued",
      "sending",
      "sending",
      "queued",
      "sending",
      "accepted",
    ]);
  });

  it("waits while nothing flows for its number, whatever comes for another one", async () => {
    await hearFromMeta();
    ctx.clock.advance(2_000);
    const id = await sendUncertain();
    ctx.clock.advance(5 * MINUTE_MS);
    await hearFromMeta("102");
    expect(await settle(id)).toBe("waiting");
    expect(await statusOf(id)).toBe("sending");
  });

  it("is looked at rarely while it waits: every look is a billed run", async () => {
    const id = await sendUncertain();
    let looks = 0;
    for (let minute = 0; minute < 16; minute += 1) {
      ctx.clock.advance(MINUTE_MS);
      looks += (await deliverEvents(ctx)).length;
    }
    expect(await statusOf(id)).toBe("unknown");
    expect(looks).toBeLessThanOrEqual(32);
  });

  it("is unknown after 15 minutes without a word, with advice, and is not sent again", async () => {
    const id = await sendUncertain();
    ctx.clock.advance(15 * MINUTE_MS - 1);
    expect(await settle(id)).toBe("waiting");
    ctx.clock.advance(1);
    const callCount = ctx.graph.calls.length;
    expect(await settle(id)).toBe("unknown");
    expect(await readMessage(ctx, id)).toMatchObject({
      status: "unknown",
      error: { reason: "Meta neither confirmed nor refused it; it may have arrived" },
    });
    await deliverEvents(ctx);
    expect(ctx.graph.calls.length).toBe(callCount);
  });

  it("is unknown, not sent again, when it expired meanwhile", async () => {
    const id = await sendUncertain({ expires_in_s: 60 });
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(90_000);
    expect(await settle(id)).toBe("unknown");
  });

  it("is unknown after silence when its policy is to give up", async () => {
    const id = await sendUncertain();
    await ctx.sql`update messages set uncertain_policy = 'give_up' where id = ${id}`;
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(90_000);
    expect(await settle(id)).toBe("unknown");
  });

  it("is settled once, however many look at it at once", async () => {
    const id = await sendUncertain();
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(90_000);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => settle(id)));
    expect(outcomes.toSorted()).toEqual(["retry", ...Array.from({ length: 7 }, () => "settled")]);
    expect((await readWakes(id)).filter(({ name }) => name === "wa/message.queued")).toHaveLength(1);
  });

  it("does not hold up the next one of its conversation, and comes after it when it is sent again", async () => {
    const to = `+${(lastDigits += 1)}`;
    const first = await sendUncertain({ to });
    const second = await queue({ to });
    await deliverEvents(ctx);
    expect(await statusOf(second.message_id)).toBe("accepted");
    ctx.clock.advance(2_000);
    await hearFromMeta();
    ctx.clock.advance(90_000);
    await deliverEvents(ctx);
    expect(await statusOf(first)).toBe("accepted");
  });

  it("does not exist for an id that is nobody's", async () => {
    expect(await settle(crypto.randomUUID())).toBe("settled");
  });
});

describe("recoverAbandonedAttempts", () => {
  it("makes an attempt uncertain whose process is gone, after its time and not before, and once", async () => {
    const to = `+${(lastDigits += 1)}`;
    const [first, second] = [await queue({ to }), await queue({ to })];
    await claimMessage(ctx.system, first.conversation_id);
    // Both wake-ups are spent: the second message's was put by, because the first is in the way.
    expect(await claimMessage(ctx.system, first.conversation_id)).toBeUndefined();
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(39_999);
    expect(await recoverAbandonedAttempts(ctx.system)).toBe(0);
    ctx.clock.advance(1);
    await Promise.all(Array.from({ length: 4 }, () => recoverAbandonedAttempts(ctx.system)));
    expect(await readMessage(ctx, first.message_id)).toMatchObject({
      status: "sending",
      uncertain_at: ctx.clock.now(),
      claim_expires_at: null,
    });
    expect(await readWakes(first.message_id)).toContainEqual({ name: "wa/message.uncertain", inMs: 90_000 });
    expect(await recoverAbandonedAttempts(ctx.system)).toBe(0);
    await deliverEvents(ctx);
    expect(await statusOf(second.message_id)).toBe("accepted");
  });
});

describe("wakeStuckMessages", () => {
  it("wakes what should have moved long ago, and nothing else", async () => {
    const lost = await queue();
    await ctx.sql`delete from outbox`;
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
    ctx.clock.advance(3 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
    await deliverEvents(ctx);
    expect(await statusOf(lost.message_id)).toBe("accepted");
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
  });

  it("does not wake it again at every sweep", async () => {
    await queue();
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(3 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(5_000);
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
    ctx.clock.advance(2 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
  });

  it("wakes none whose wake-up only was not handed over yet", async () => {
    await queue();
    ctx.clock.advance(3 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
  });

  it("wakes only the message that is next in its conversation", async () => {
    const to = `+${(lastDigits += 1)}`;
    for (let index = 0; index < 3; index += 1) await queue({ to });
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(3 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
  });

  it("wakes an uncertain message that everybody forgot", async () => {
    const id = await sendUncertain();
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(17 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(1);
    await deliverEvents(ctx);
    expect(await statusOf(id)).toBe("unknown");
  });

  it("leaves alone what waits for its next attempt", async () => {
    ctx.graph.plan(failing("retry"));
    const { message_id } = await queue();
    await deliverEvents(ctx);
    const at = new Date(ctx.clock.now().getTime() + 10 * MINUTE_MS);
    await ctx.sql`update messages set next_attempt_at = ${at} where id = ${message_id}`;
    await ctx.sql`delete from outbox`;
    ctx.clock.advance(5 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
  });
});

describe("what Meta tells late", () => {
  it("is no sign that it also tells what has happened since", async () => {
    const before = ctx.clock.now();
    ctx.clock.advance(10_000);
    const id = await sendUncertain();
    ctx.clock.advance(2 * MINUTE_MS);
    const old = {
      id: "wamid.backlog",
      status: "sent",
      timestamp: String(Math.floor(before.getTime() / 1000)),
    };
    await receiveWebhook(ctx, webhookBody("101", { statuses: [old] }));
    expect(await settle(id)).toBe("waiting");
    const news = {
      ...old,
      id: "wamid.news",
      timestamp: String(Math.floor(ctx.clock.now().getTime() / 1000)),
    };
    await receiveWebhook(ctx, webhookBody("101", { statuses: [news] }));
    expect(await settle(id)).toBe("retry");
  });
});
