import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { retainChanges } from "#server/utils/retention/retain-changes";
import { retainCounters } from "#server/utils/retention/retain-counters";
import { retainInbox } from "#server/utils/retention/retain-inbox";
import { retainMessages } from "#server/utils/retention/retain-messages";
import type { SystemContext } from "#server/utils/context";
import { callAs, sendAs } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody } from "#tests/helpers/server/webhook-bodies";

const DAY_MS = 24 * 60 * 60_000;

let ctx: TestContext;
let tenants: Tenants;
/** Keeps everything for 30 days. */
let keeping: SystemContext;
let startedAt: Date;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const retention = { messageDays: 30, inboxDays: 30, changeDays: 30 };
  keeping = { ...ctx.system, config: { ...ctx.system.config, retention } };
  startedAt = ctx.clock.now();
});

beforeEach(async () => {
  await ctx.sql`truncate messages, conversations, changes, outbox, webhook_inbox, audit_log cascade`;
  // Ids and some times are made by the real clock: each test begins there, and goes on from it.
  ctx.clock.set(startedAt);
});

afterAll(() => ctx.close());

const someone = (): string => String((lastDigits += 1));
const send = (to: string) => sendAs(ctx, tenants.ann, { to: `+${to}`, phone_number_id: "101" });
const hear = (from: string, id: string) =>
  receiveWebhook(ctx, webhookBody("101", { messages: [textFrom(from, id, "hello", ctx.clock.now())] }));
const count = async (table: string, where = "true"): Promise<number> => {
  const [row] = await ctx.sql.unsafe<{ count: number }[]>(
    `select count(*)::int as count from ${table} where ${where}`,
  );
  return row?.count ?? -1;
};
const audits = async (action: string) => [
  ...(await ctx.sql`select actor, outcome, detail from audit_log where action = ${action} order by id`),
];
const wait = async (cursor?: string) => {
  const args = { timeout_s: 0, ...(cursor ? { cursor } : {}) };
  const { structuredContent } = await callAs(ctx, tenants.ann, "wait_for_messages", args);
  return structuredContent as unknown as { messages: { id: string; wamid: string }[]; cursor: string };
};

/** Many at once, as fast as the database can. */
async function plantMessages(total: number): Promise<void> {
  const { conversation_id: conversationId } = await send(someone());
  await deliverEvents(ctx);
  await ctx.sql`
    insert into messages (id, phone_number_id, conversation_id, contact_id, direction, type, status, content, occurred_at)
    select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid,
      c.phone_number_id, c.id, c.contact_id, 'inbound', 'text', 'received', '{}', now()
    from conversations c, generate_series(1, ${total}) n where c.id = ${conversationId}`;
}

describe("retainMessages", () => {
  it("deletes nothing when it is off, which it is by default", async () => {
    await send(someone());
    await deliverEvents(ctx);
    ctx.clock.advance(10_000 * DAY_MS);
    expect(await retainMessages(ctx.system)).toEqual({ deleted: 0 });
    expect(await count("messages")).toBe(1);
    expect(await audits("retention.messages")).toEqual([]);
  });

  it("deletes what is over and old, with its history, and writes one row with the count", async () => {
    await send(someone());
    await hear(someone(), "wamid.old");
    await deliverEvents(ctx);
    ctx.clock.advance(29 * DAY_MS);
    expect(await retainMessages(keeping)).toMatchObject({ deleted: 0, is_complete: true });
    ctx.clock.advance(2 * DAY_MS);
    expect(await retainMessages(keeping)).toEqual({ deleted: 2, is_complete: true });
    expect([await count("messages"), await count("message_events")]).toEqual([0, 0]);
    expect(await count("conversations", "unread_count > 0")).toBe(0);
    expect(await audits("retention.messages")).toMatchObject([
      { detail: { deleted: 0 } },
      {
        actor: "system",
        outcome: "ok",
        detail: { deleted: 2, is_complete: true, before: expect.any(String) as string },
      },
    ]);
    expect(await retainMessages(keeping)).toMatchObject({ deleted: 0 });
  });

  it("never deletes what is still to be sent", async () => {
    await send(someone());
    ctx.clock.advance(400 * DAY_MS);
    expect(await retainMessages(keeping)).toMatchObject({ deleted: 0 });
    await ctx.sql`update messages set status = 'held'`;
    expect(await retainMessages(keeping)).toMatchObject({ deleted: 0 });
    await ctx.sql`update messages set status = 'sending', uncertain_at = now()`;
    expect(await retainMessages(keeping)).toMatchObject({ deleted: 0 });
    expect(await count("messages")).toBe(1);
  });

  it("goes on where it ended, in batches, and several at once do no harm", async () => {
    await plantMessages(1_800);
    ctx.clock.advance(40 * DAY_MS);
    const reports = await Promise.all([1, 2, 3].map(() => retainMessages(keeping)));
    expect(reports.reduce((sum, { deleted }) => sum + Number(deleted), 0)).toBe(1_801);
    expect(await count("messages")).toBe(0);
  });

  it("parks a status that comes for a message that is gone", async () => {
    await send(someone());
    await deliverEvents(ctx);
    const [row] = await ctx.sql<{ wamid: string }[]>`select wamid from messages`;
    ctx.clock.advance(40 * DAY_MS);
    await retainMessages(keeping);
    const body = webhookBody("101", { statuses: [statusOf(row?.wamid ?? "", "read", ctx.clock.now())] });
    expect((await receiveWebhook(ctx, body)).state).toBe("done");
    expect(await count("message_events", "message_id is null")).toBe(1);
  });
});

describe("retainInbox", () => {
  it("deletes bodies that were handled long ago, and keeps dead letters and what nobody has read", async () => {
    await hear(someone(), "wamid.in-1");
    await hear(someone(), "wamid.in-2");
    const dead = await receiveWebhook(ctx, "not JSON");
    const unread = await storeBody(ctx, webhookBody("101", {}));
    ctx.clock.advance(31 * DAY_MS);
    expect(await retainInbox(keeping)).toEqual({ deleted: 2, is_complete: true });
    const rows = await ctx.sql<{ id: string }[]>`select id from webhook_inbox order by id`;
    expect(rows.map(({ id }) => id).toSorted()).toEqual([dead.id, unread].toSorted());
    expect(await audits("retention.inbox")).toMatchObject([{ detail: { deleted: 2 } }]);
    expect(await count("messages")).toBe(2);
  });

  it("keeps a body that came long ago and was handled only now", async () => {
    const id = await storeBody(ctx, webhookBody("101", {}));
    await ctx.sql`update webhook_inbox set state = 'done', processed_at = ${new Date(startedAt.getTime() + 40 * DAY_MS)}
      where id = ${id}`;
    ctx.clock.advance(41 * DAY_MS);
    expect(await retainInbox(keeping)).toMatchObject({ deleted: 0 });
  });
});

describe("retainChanges", () => {
  it("prunes the feed; an old cursor goes on with what is left, and misses nothing that is unread", async () => {
    const [reader, silent] = [someone(), someone()];
    const old = await wait();
    await hear(reader, "wamid.read");
    await send(reader);
    await deliverEvents(ctx);
    await hear(silent, "wamid.unread");
    expect(await count("changes")).toBeGreaterThan(4);
    ctx.clock.advance(31 * DAY_MS);
    const report = await retainChanges(keeping);
    expect(report).toMatchObject({ is_complete: true });
    expect(Number(report.changes)).toBeGreaterThan(2);
    expect((await wait(old.cursor)).messages.map(({ wamid }) => wamid)).toEqual(["wamid.unread"]);
    expect((await wait()).messages.map(({ wamid }) => wamid)).toEqual(["wamid.unread"]);
    await hear(silent, "wamid.new");
    expect((await wait(old.cursor)).messages.map(({ wamid }) => wamid)).toEqual([
      "wamid.unread",
      "wamid.new",
    ]);
  });

  it("leaves the end of the feed where it is, so that a cursor of before goes on after it", async () => {
    const person = someone();
    await hear(person, "wamid.answered");
    const { cursor } = await wait();
    await send(person);
    await deliverEvents(ctx);
    ctx.clock.advance(31 * DAY_MS);
    await retainChanges(keeping);
    expect(await count("changes")).toBe(1);
    const next = await wait(cursor);
    expect(next.messages).toEqual([]);
    await hear(person, "wamid.later");
    expect((await wait(next.cursor)).messages.map(({ wamid }) => wamid)).toEqual(["wamid.later"]);
    expect((await wait(cursor)).messages.map(({ wamid }) => wamid)).toEqual(["wamid.later"]);
  });

  it("deletes statuses that never found their message, and no others", async () => {
    await receiveWebhook(
      ctx,
      webhookBody("101", { statuses: [statusOf("wamid.nobody", "sent", ctx.clock.now())] }),
    );
    await send(someone());
    await deliverEvents(ctx);
    ctx.clock.advance(31 * DAY_MS);
    expect(await retainChanges(keeping)).toMatchObject({ parked_statuses: 1 });
    expect(await count("message_events", "message_id is null")).toBe(0);
    expect(await count("message_events")).toBeGreaterThan(0);
  });

  it("works through more than a batch of what has to stay", async () => {
    await plantMessages(1_200);
    await ctx.sql`update conversations set unread_count = 1200`;
    ctx.clock.advance(31 * DAY_MS);
    const before = await count("changes", "direction = 'inbound'");
    expect(before).toBe(1_200);
    expect(await retainChanges(keeping)).toMatchObject({ is_complete: true });
    expect(await count("changes", "direction = 'inbound'")).toBe(1_200);
    await ctx.sql`update conversations set unread_count = 0`;
    expect(await retainChanges(keeping)).toMatchObject({ changes: 1_199 });
  });
});

describe("retainCounters", () => {
  it("deletes counters after 90 days, and no others", async () => {
    await send(someone());
    await ctx.sql`
      insert into rate_buckets values (${tenants.ann.keyId}, floor(extract(epoch from now())), array_fill(0, array[61]))
      on conflict do nothing`;
    ctx.clock.advance(89 * DAY_MS);
    expect(await retainCounters(ctx.system)).toEqual({ rate_buckets: 0, usage_days: 0 });
    ctx.clock.advance(3 * DAY_MS);
    const report = await retainCounters(ctx.system);
    expect(report.rate_buckets).toBe(1);
    expect(Number(report.usage_days)).toBeGreaterThan(0);
    expect([await count("rate_buckets"), await count("usage_daily")]).toEqual([0, 0]);
    expect(await audits("retention.counters")).toHaveLength(2);
  });
});

describe("keeping for longer than there was time", () => {
  it("deletes nothing", async () => {
    await send(someone());
    await deliverEvents(ctx);
    await receiveWebhook(
      ctx,
      webhookBody("101", { statuses: [statusOf("wamid.nobody", "sent", ctx.clock.now())] }),
    );
    const retention = { messageDays: 36_500, inboxDays: 36_500, changeDays: 36_500 };
    const forEver = { ...ctx.system, config: { ...ctx.system.config, retention } };
    const countAll = async () =>
      (
        await ctx.sql`select (select count(*)::int from messages) as messages,
        (select count(*)::int from message_events) as events, (select count(*)::int from changes) as changes`
      )[0];
    const before = await countAll();
    for (const retain of [retainMessages, retainInbox, retainChanges]) await retain(forEver);
    expect(await countAll()).toEqual(before);
  });
});
