import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { claimMessage } from "#server/utils/messaging/sending/claim-message";
import { expireMessages } from "#server/utils/messaging/sending/expire-messages";
import { wakeStuckMessages } from "#server/utils/messaging/sending/wake-stuck-messages";
import { resumeNumber } from "#server/utils/messaging/sending/resume-number";
import { wakeNumber } from "#server/utils/messaging/sending/wake-number";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { callAs, errorOf, sendAs, type SentMessage } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, webhookBody } from "#tests/helpers/server/webhook-bodies";

const MINUTE_MS = 60_000;
const TOKEN_DEAD: SendOutcome = {
  kind: "retry",
  error: {
    code: 190,
    reason: "the access token has expired or was withdrawn",
    backoff: "none",
    needsHuman: true,
  },
};

let ctx: TestContext;
let tenants: Tenants;
let numberId: string;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  numberId = tenants.numbers.ann.id;
});

beforeEach(async () => {
  await ctx.sql`truncate messages, outbox, audit_log cascade`;
  await ctx.sql`update phone_numbers set paused_at = null, pause_code = null, disabled_at = null`;
  await ctx.sql`update conversations set deferred_wakes = 0`;
});

afterAll(() => ctx.close());

const someone = (): string => `+${(lastDigits += 1)}`;
const send = (to: string, more: Record<string, unknown> = {}): Promise<SentMessage> =>
  sendAs(ctx, tenants.ann, { to, phone_number_id: "101", ...more });
const statusOfMessage = async ({ message_id }: SentMessage) => (await readMessage(ctx, message_id)).status;
const sentIds = () => ctx.graph.calls.map(({ payload }) => payload.biz_opaque_callback_data);

/** Three conversations with two messages each, of which the first attempt meets a dead token. */
async function pauseWithSix(): Promise<SentMessage[]> {
  const people = [someone(), someone(), someone()];
  const sent: SentMessage[] = [];
  for (const to of [...people, ...people]) sent.push(await send(to));
  ctx.graph.calls.length = 0;
  ctx.graph.plan(TOKEN_DEAD);
  await deliverEvents(ctx);
  return sent;
}

const readNumber = async () => {
  const [row] = await ctx.sql<{ paused_at: Date | null; pause_code: number | null }[]>`
    select paused_at, pause_code from phone_numbers where id = ${numberId}`;
  return row;
};
const countEvents = async (name: string): Promise<number> => {
  const [row] = await ctx.sql<{ count: number }[]>`
    select count(*)::int as count from outbox where name = ${name}`;
  return row?.count ?? 0;
};

describe("a number that needs a person", () => {
  it("is paused with the outcome, by the first of all attempts, and told of once", async () => {
    const [first, second] = [await send(someone()), await send(someone())];
    const claims = [
      await claimMessage(ctx.system, first.conversation_id, "run-1"),
      await claimMessage(ctx.system, second.conversation_id, "run-2"),
    ];
    for (const claim of claims) if (claim) await settleMessage(ctx.system, claim, TOKEN_DEAD);
    expect(await readNumber()).toEqual({ paused_at: ctx.clock.now(), pause_code: 190 });
    const audited = await ctx.sql`
      select actor, outcome, error_code, phone_number_id, detail from audit_log where action = 'number.paused'`;
    expect([...audited]).toEqual([
      {
        actor: "system",
        outcome: "ok",
        error_code: "190",
        phone_number_id: numberId,
        detail: { run_id: "run-1" },
      },
    ]);
    const alerts = await ctx.sql`select data from outbox where name = 'wa/alert.raised'`;
    expect([...alerts]).toEqual([
      { data: { kind: "number_paused", phone_number_id: numberId, code: 190, run_id: "run-1" } },
    ]);
  });

  it("sends nothing more; what is queued keeps its place, and nobody looks again and again", async () => {
    const sent = await pauseWithSix();
    expect(ctx.graph.calls).toHaveLength(1);
    for (const message of sent) expect(await statusOfMessage(message)).toBe("queued");
    const runs = await countEvents("wa/message.queued");
    for (let minute = 0; minute < 60; minute += 1) {
      ctx.clock.advance(MINUTE_MS);
      expect(await wakeStuckMessages(ctx.system)).toBe(0);
      await deliverEvents(ctx);
    }
    expect(await countEvents("wa/message.queued")).toBe(runs);
    expect(ctx.graph.calls).toHaveLength(1);
    expect(
      errorOf(await callAs(ctx, tenants.ann, "send_message", { to: someone(), body: "x" })),
    ).toMatchObject({
      code: expect.stringMatching(/number_paused|invalid_arguments/) as string,
    });
  });

  it("sends on when it is resumed: everything once, in order, and says who did it", async () => {
    const sent = await pauseWithSix();
    ctx.clock.advance(MINUTE_MS);
    ctx.graph.calls.length = 0;
    expect(await resumeNumber(ctx.system, numberId)).toEqual({ wasPaused: true, woken: 3 });
    await deliverEvents(ctx);
    expect(sentIds().toSorted()).toEqual(sent.map(({ message_id }) => message_id).toSorted());
    for (const conversationId of new Set(sent.map((message) => message.conversation_id))) {
      const inOrder = sent.filter((message) => message.conversation_id === conversationId);
      const ids = inOrder.map(({ message_id }) => message_id as unknown);
      expect(sentIds().filter((id) => ids.includes(id))).toEqual(ids);
    }
    const audited = await ctx.sql`select actor, detail from audit_log where action = 'number.resumed'`;
    expect([...audited]).toEqual([{ actor: "admin", detail: { paused_by: 190 } }]);
    expect(await readNumber()).toEqual({ paused_at: null, pause_code: null });
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
  });

  it("may be resumed twice, at once and again, and nothing is sent twice", async () => {
    const sent = await pauseWithSix();
    ctx.graph.calls.length = 0;
    await Promise.all([1, 2, 3].map(() => resumeNumber(ctx.system, numberId)));
    await deliverEvents(ctx);
    expect((await resumeNumber(ctx.system, numberId)).wasPaused).toBe(false);
    await deliverEvents(ctx);
    expect(sentIds()).toHaveLength(sent.length);
    const rows = await ctx.sql`select id from audit_log where action = 'number.resumed'`;
    expect(rows).toHaveLength(1);
    await expect(resumeNumber(ctx.system, crypto.randomUUID())).rejects.toMatchObject({ code: "not_found" });
  });

  it("is found by the sweep when whoever resumed it died before the waking", async () => {
    const sent = await pauseWithSix();
    ctx.graph.calls.length = 0;
    await ctx.sql`update phone_numbers set paused_at = null`;
    await ctx.sql`update conversations set deferred_wakes = 0`;
    ctx.clock.advance(3 * MINUTE_MS);
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await wakeStuckMessages(ctx.system);
      await deliverEvents(ctx);
      ctx.clock.advance(3 * MINUTE_MS);
    }
    expect(sentIds().toSorted()).toEqual(sent.map(({ message_id }) => message_id).toSorted());
  });

  it("lets messages expire at their time, and wakes nobody for it", async () => {
    const to = someone();
    const first = await send(to, { expires_in_s: 60 });
    const second = await send(to);
    await ctx.sql`update phone_numbers set paused_at = now()`;
    await deliverEvents(ctx);
    ctx.clock.advance(MINUTE_MS);
    expect(await expireMessages(ctx.system)).toBe(1);
    expect(await statusOfMessage(first)).toBe("expired");
    expect(await deliverEvents(ctx)).toEqual([]);
    await resumeNumber(ctx.system, numberId);
    await deliverEvents(ctx);
    expect(await statusOfMessage(second)).toBe("accepted");
  });

  it("settles what was on its way when it was paused", async () => {
    const message = await send(someone());
    const claim = await claimMessage(ctx.system, message.conversation_id);
    await ctx.sql`update phone_numbers set paused_at = now()`;
    if (claim) await settleMessage(ctx.system, claim, { kind: "accepted", wamid: `wamid.${lastDigits}` });
    expect(await statusOfMessage(message)).toBe("accepted");
  });

  it("loses no wake-up when it is resumed while a run finds it paused", async () => {
    for (let round = 0; round < 10; round += 1) {
      const message = await send(someone());
      await ctx.sql`update phone_numbers set paused_at = now() where id = ${numberId}`;
      await Promise.all([
        claimMessage(ctx.system, message.conversation_id).then(
          (claim) =>
            claim && settleMessage(ctx.system, claim, { kind: "accepted", wamid: `wamid.${lastDigits}` }),
        ),
        resumeNumber(ctx.system, numberId),
      ]);
      await deliverEvents(ctx);
      expect(await statusOfMessage(message)).toBe("accepted");
    }
  });
});

describe("a failure that Meta reports later", () => {
  const fail = async (code: number, at: Date): Promise<void> => {
    const message = await send(someone());
    await deliverEvents(ctx);
    const { wamid } = await readMessage(ctx, message.message_id);
    const errors = [{ code, title: "to 16505551234", error_data: { details: "16505551234" } }];
    await receiveWebhook(
      ctx,
      webhookBody("101", { statuses: [statusOf(wamid ?? "", "failed", at, { errors })] }),
    );
    const answer = await callAs(ctx, tenants.ann, "get_message_status", { message_id: message.message_id });
    expect(answer.structuredContent).toMatchObject({ status: "failed" });
    expect(JSON.stringify(answer.structuredContent)).toContain(String(code));
    expect(JSON.stringify(answer.structuredContent)).toContain("advice");
    expect(JSON.stringify(answer.structuredContent)).not.toContain("16505551234");
  };

  it("pauses the number when it needs a person, and not when it is old news", async () => {
    await fail(131042, new Date(ctx.clock.now().getTime() - 3 * 3_600_000));
    expect((await readNumber())?.paused_at).toBeNull();
    await fail(131042, ctx.clock.now());
    expect(await readNumber()).toMatchObject({ pause_code: 131042 });
    expect(await countEvents("wa/alert.raised")).toBe(1);
  });

  it("tells the owner of bad quality once an hour, and lets the number rest", async () => {
    await fail(131048, ctx.clock.now());
    await ctx.sql`update phone_numbers set throttled_until = null`;
    await fail(131048, ctx.clock.now());
    expect(await countEvents("wa/alert.raised")).toBe(1);
    const [row] = await ctx.sql<{ throttled_until: Date }[]>`
      select throttled_until from phone_numbers where id = ${numberId}`;
    expect((row?.throttled_until.getTime() ?? 0) - ctx.clock.now().getTime()).toBeGreaterThanOrEqual(
      3_600_000,
    );
    await ctx.sql`update phone_numbers set throttled_until = null, throttle_level = 0`;
  });
});

describe("a number that is disabled", () => {
  it("sends nothing until it is enabled", async () => {
    const message = await send(someone());
    ctx.graph.calls.length = 0;
    await ctx.sql`update phone_numbers set disabled_at = now() where id = ${numberId}`;
    await deliverEvents(ctx);
    ctx.clock.advance(10 * MINUTE_MS);
    expect(await wakeStuckMessages(ctx.system)).toBe(0);
    expect(ctx.graph.calls).toHaveLength(0);
    await ctx.sql`update phone_numbers set disabled_at = null`;
    expect(await wakeNumber(ctx.system, numberId)).toBe(1);
    await deliverEvents(ctx);
    expect(await statusOfMessage(message)).toBe("accepted");
  });
});
