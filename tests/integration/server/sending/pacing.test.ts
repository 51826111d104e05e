import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimMessage } from "#server/utils/messaging/sending/claim-message";
import { wakeStuckMessages } from "#server/utils/messaging/sending/wake-stuck-messages";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { readSendResponse } from "#server/utils/meta/read-send-response";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { callAs, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const SECOND_MS = 1_000;

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(async () => {
  await ctx.sql`truncate messages, outbox cascade`;
  await ctx.sql`update phone_numbers set throttled_until = null, throttle_level = 0`;
  ctx.graph.calls.length = 0;
});

afterAll(() => ctx.close());

const someone = (): string => `+${(lastDigits += 1)}`;
const send = (to: string, number = "101"): Promise<SentMessage> =>
  sendAs(ctx, number === "101" ? tenants.ann : tenants.bob, { to, phone_number_id: number });
const refused = (code: number, headers: Record<string, string> = {}): SendOutcome =>
  readSendResponse(400, JSON.stringify({ error: { code } }), new Headers(headers));
const dueInMs = async ({ message_id }: SentMessage): Promise<number> =>
  ((await readMessage(ctx, message_id)).next_attempt_at?.getTime() ?? NaN) - ctx.clock.now().getTime();

/** Lets time pass from one due event to the next; tells what was sent when, in ms from now, and how many runs it took. */
async function playOn(limitMs: number): Promise<{ sentAt: number[]; runs: number }> {
  const start = ctx.clock.now().getTime();
  const sentAt: number[] = [];
  let runs = 0;
  for (;;) {
    const before = ctx.graph.calls.length;
    runs += (await deliverEvents(ctx)).length;
    const nowMs = ctx.clock.now().getTime() - start;
    sentAt.push(...Array.from({ length: ctx.graph.calls.length - before }, () => nowMs));
    const [next] = await ctx.sql<[{ at: Date | null }]>`
      select min(available_at) as at from outbox where sent_at is null`;
    if (!next.at || next.at.getTime() - start > limitMs) return { sentAt, runs };
    ctx.clock.set(next.at);
  }
}

describe("sends to one person", () => {
  it("go 45 at once and then one in six seconds, in order, without asking Meta or anybody in between", async () => {
    const to = someone();
    const sent: SentMessage[] = [];
    for (let index = 0; index < 50; index += 1) sent.push(await send(to));
    const other = await send(someone());
    const { sentAt, runs } = await playOn(60 * SECOND_MS);
    expect(sentAt.filter((ms) => ms === 0)).toHaveLength(46);
    expect(sentAt.slice(46)).toEqual([6, 12, 18, 24, 30].map((seconds) => seconds * SECOND_MS));
    const order = ctx.graph.calls.map(({ payload }) => payload.biz_opaque_callback_data);
    expect(order.filter((id) => id !== other.message_id)).toEqual(sent.map(({ message_id }) => message_id));
    // One run for each message, and one more for each that had to wait.
    expect(runs).toBe(51 + 5);
  });

  it("are counted by attempts, whatever became of them", async () => {
    const to = someone();
    await send(to);
    ctx.graph.plan(
      ...Array.from({ length: 10 }, (): SendOutcome => ({ kind: "retry", error: { reason: "no" } })),
    );
    await playOn(200 * SECOND_MS);
    const [row] = await ctx.sql<{ paced_until: Date }[]>`
      select c.paced_until from conversations c join messages m on m.conversation_id = c.id`;
    expect(ctx.graph.calls).toHaveLength(11);
    expect(row?.paced_until.getTime()).toBeGreaterThan(ctx.clock.now().getTime());
  });

  it("wait together after 131056, also when the one that was refused is cancelled", async () => {
    const to = someone();
    const [first, second] = [await send(to), await send(to)];
    ctx.graph.plan(refused(131056), refused(131056), refused(131056));
    await deliverEvents(ctx);
    const waits: number[] = [];
    for (let tries = 0; tries < 2; tries += 1) {
      const waitMs = await dueInMs(first);
      waits.push(waitMs);
      ctx.clock.advance(waitMs);
      await deliverEvents(ctx);
    }
    const waitMs = await dueInMs(first);
    expect(waitMs).toBeGreaterThanOrEqual(16 * SECOND_MS);
    expect(waits[0]).toBeGreaterThanOrEqual(SECOND_MS);
    expect((await callAs(ctx, tenants.ann, "cancel_message", { message_id: first.message_id })).isError).toBe(
      false,
    );
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(3);
    expect(await dueInMs(second)).toBe(waitMs);
    ctx.clock.advance(waitMs);
    await deliverEvents(ctx);
    expect((await readMessage(ctx, second.message_id)).status).toBe("accepted");
  });

  it("are not paced when that is switched off", async () => {
    const off = await createTestContext({ config: { pairRate: false } });
    try {
      const { ann } = await seedTenants(off);
      for (let index = 0; index < 50; index += 1) {
        await sendAs(off, ann, { to: "+16505559999", phone_number_id: "101" });
      }
      await deliverEvents(off);
      expect(off.graph.calls).toHaveLength(50);
    } finally {
      await off.close();
    }
  });
});

describe("a number that sends too much (130429)", () => {
  it("rests with all its conversations, longer each time, and others go on", async () => {
    const [first, second] = [await send(someone()), await send(someone())];
    const elsewhere = await send(someone(), "102");
    ctx.graph.plan(refused(130429));
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(2);
    expect((await readMessage(ctx, elsewhere.message_id)).status).toBe("accepted");
    const restMs = await dueInMs(first);
    expect(restMs).toBeGreaterThanOrEqual(SECOND_MS);
    expect(restMs).toBeLessThanOrEqual(1.2 * SECOND_MS);
    expect(await dueInMs(second)).toBe(restMs);
    ctx.graph.plan(refused(130429), refused(130429));
    ctx.clock.advance(restMs);
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(3);
    expect(await dueInMs(first)).toBeGreaterThanOrEqual(2 * SECOND_MS);
    const { sentAt } = await playOn(60 * SECOND_MS);
    expect(sentAt.length).toBeGreaterThanOrEqual(2);
    expect((await readMessage(ctx, first.message_id)).status).toBe("accepted");
    expect((await readMessage(ctx, second.message_id)).status).toBe("accepted");
  });

  it("hears the same from many attempts of one moment, and rests as long as for one", async () => {
    const claims = [];
    for (let index = 0; index < 8; index += 1) {
      const { conversation_id } = await send(someone());
      claims.push(await claimMessage(ctx.system, conversation_id));
    }
    await Promise.all(claims.map((claim) => claim && settleMessage(ctx.system, claim, refused(130429))));
    const [row] = await ctx.sql<{ throttle_level: number; throttled_until: Date }[]>`
      select throttle_level, throttled_until from phone_numbers where wa_phone_number_id = '101'`;
    expect(row?.throttle_level).toBe(1);
    expect((row?.throttled_until.getTime() ?? 0) - ctx.clock.now().getTime()).toBeLessThanOrEqual(1_200);
  });

  it("begins with a second again after Meta has taken something", async () => {
    const message = await send(someone());
    ctx.graph.plan(refused(130429), refused(130429));
    await deliverEvents(ctx);
    await playOn(60 * SECOND_MS);
    expect((await readMessage(ctx, message.message_id)).status).toBe("accepted");
    ctx.graph.plan(refused(130429));
    const next = await send(someone());
    await deliverEvents(ctx);
    expect(await dueInMs(next)).toBeLessThanOrEqual(1.2 * SECOND_MS);
  });

  it("does not have its waiting messages woken by the sweep", async () => {
    await send(someone());
    ctx.graph.plan(refused(80007));
    await deliverEvents(ctx);
    await ctx.sql`update phone_numbers set throttled_until = ${new Date(ctx.clock.now().getTime() + 3_600_000)}`;
    await playOn(90 * SECOND_MS);
    ctx.clock.advance(300 * SECOND_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
  });
});

describe("a limit of the account", () => {
  const usage = (minutes: number) => ({
    "x-business-use-case-usage": JSON.stringify({
      "900": [{ type: "whatsapp", estimated_time_to_regain_access: minutes }],
    }),
  });

  it.each([
    [80007, {}, 60],
    [4, {}, 60],
    [80007, usage(19), 19 * 60],
    [4, usage(90), 90 * 60],
  ])("(%i, %j) lets every number of it rest, for as long as Meta says", async (code, headers, seconds) => {
    const [first, second] = [await send(someone()), await send(someone(), "102")];
    ctx.graph.plan(refused(code, headers));
    await deliverEvents(ctx);
    expect(ctx.graph.calls).toHaveLength(1);
    for (const message of [first, second]) {
      expect(await dueInMs(message)).toBeGreaterThanOrEqual(seconds * SECOND_MS);
      expect(await dueInMs(message)).toBeLessThanOrEqual(seconds * 1.2 * SECOND_MS);
    }
  });

  it("(131048) ends the message, tells the owner, and spares the number for an hour", async () => {
    const [first, second] = [await send(someone()), await send(someone())];
    ctx.graph.plan(refused(131048));
    await deliverEvents(ctx);
    expect(await readMessage(ctx, first.message_id)).toMatchObject({
      status: "failed",
      error: { code: 131048, advice: expect.stringContaining("Send nothing more") as string },
    });
    expect(await dueInMs(second)).toBeGreaterThanOrEqual(3_600 * SECOND_MS);
    const alerts =
      await ctx.sql`select data ->> 'kind' as kind, data ->> 'code' as code from outbox where name = 'wa/alert.raised'`;
    expect([...alerts]).toEqual([{ kind: "send_refused", code: "131048" }]);
  });
});
