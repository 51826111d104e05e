import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transaction } from "#db/client";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { applyStatus } from "#server/utils/messaging/receiving/apply-status";
import { sendNextMessage } from "#server/utils/messaging/sending/send-next-message";
import { adoptParkedStatuses, updateMessage } from "#server/utils/messaging/sending/store";
import { readStatusUpdate } from "#server/utils/meta/status-update";
import { eventually } from "#tests/helpers/eventually";
import { sendAs } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readHistory, readMessage } from "#tests/helpers/server/read-message";
import { receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

let ctx: TestContext;
let tenants: Tenants;
let lastDigits = 16505550000;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterAll(() => ctx.close());

const queue = () => sendAs(ctx, tenants.ann, { to: `+${(lastDigits += 1)}`, phone_number_id: "101" });
const bodyOf = (...statuses: Json[]): Json => webhookBody("101", { statuses });
const waitingForWamid = () => ctx.sql`
  select pid from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
const untilSomebodyWaits = () =>
  eventually(async () => expect((await waitingForWamid()).length).toBeGreaterThan(0));

/** A transaction that stands still before its commit. */
function hold(work: (tx: Transaction) => Promise<unknown>): {
  done: Promise<void>;
  isReady: Promise<void>;
  commit(): void;
} {
  let commit = (): void => {};
  let ready = (): void => {};
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const done = ctx.database.asSystem(async (tx) => {
    await work(tx);
    ready();
    await mayCommit;
  });
  return { done, isReady, commit };
}

describe("a status for a wamid that becomes known in just this moment", () => {
  it("is applied when it was parked, but not committed, before the answer was stored", async () => {
    const { message_id: id, conversation_id } = await queue();
    const element = { kind: "status", path: "", field: "", wabaId: "", phoneNumberId: "101" } as const;
    const raw = statusOf("wamid.race-1", "delivered", ctx.clock.now());
    const update = readStatusUpdate(
      { ...element, raw, contact: undefined, isStandby: false },
      ctx.clock.now(),
    );
    if (typeof update === "string") throw new Error(update);
    const parking = hold((tx) => applyStatus(tx, tenants.numbers.ann.id, update, ctx.clock.now()));
    await parking.isReady;
    ctx.graph.plan({ kind: "accepted", wamid: "wamid.race-1" });
    const settling = sendNextMessage(ctx.system, conversation_id);
    await untilSomebodyWaits();
    parking.commit();
    await Promise.all([parking.done, settling]);
    expect(await readMessage(ctx, id)).toMatchObject({ status: "delivered", wamid: "wamid.race-1" });
    expect(await readHistory(ctx, id)).toContain("delivered");
  });

  it("is applied when the answer was stored, but not committed, before the status was looked for", async () => {
    const { message_id: id } = await queue();
    // What a settling transaction does.
    const settling = hold(async (tx) => {
      await updateMessage(tx, id, { status: "accepted", wamid: "wamid.race-2" });
      expect(await adoptParkedStatuses(tx, tenants.numbers.ann.id, "wamid.race-2", id)).toEqual([]);
    });
    await settling.isReady;
    const inboxId = await storeBody(ctx, bodyOf(statusOf("wamid.race-2", "delivered", ctx.clock.now())));
    const processing = processInbox(ctx.system, [inboxId]);
    await untilSomebodyWaits();
    settling.commit();
    await Promise.all([settling.done, processing]);
    expect((await readMessage(ctx, id)).status).toBe("delivered");
    expect(await ctx.sql`select id from message_events where message_id is null`).toHaveLength(0);
  });

  it("is applied, however the two meet", async () => {
    const sends = await Promise.all(Array.from({ length: 12 }, queue));
    await Promise.all(
      sends.map(async ({ message_id, conversation_id }) => {
        const wamid = `wamid.meet-${message_id}`;
        const outcome = { kind: "accepted", wamid } as const;
        const graph = { ...ctx.graph, sendMessage: async () => outcome };
        const body = await storeBody(ctx, bodyOf(statusOf(wamid, "sent", ctx.clock.now())));
        const work = [
          sendNextMessage({ ...ctx.system, graph }, conversation_id),
          processInbox(ctx.system, [body]),
        ];
        await Promise.all(work);
        expect(await readMessage(ctx, message_id)).toMatchObject({ status: "sent", wamid });
      }),
    );
  });
});

describe("parked statuses", () => {
  it("are the message's when another status, with our id, makes Meta's id known", async () => {
    ctx.graph.plan(failing("uncertain"));
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    await receiveWebhook(ctx, bodyOf(statusOf("wamid.p", "read", ctx.clock.now())));
    expect((await readMessage(ctx, id)).wamid).toBeNull();
    const more = { biz_opaque_callback_data: id };
    await receiveWebhook(ctx, bodyOf(statusOf("wamid.p", "sent", ctx.clock.now(), more)));
    expect(await readMessage(ctx, id)).toMatchObject({ status: "read", wamid: "wamid.p" });
    expect((await readHistory(ctx, id)).slice(-2).toSorted()).toEqual(["read", "sent"]);
  });
});

describe("a status's history", () => {
  it("keeps what it costs and nothing that names the recipient, and words that nobody knows", async () => {
    const { message_id: id } = await queue();
    await deliverEvents(ctx);
    const wamid = (await readMessage(ctx, id)).wamid ?? "";
    const more = {
      recipient_id: "16505551234",
      recipient_user_id: "US.77",
      conversation: { id: "c1", origin: { type: "service" }, to: "16505551234" },
      pricing: { billable: false, category: "service", recipient_id: "16505551234" },
      message: { recipient_id: "16505551234" },
    };
    for (const status of ["delivered", "warning", "pending", "deleted", "of_the_future"]) {
      await receiveWebhook(ctx, bodyOf(statusOf(wamid, status, ctx.clock.now(), more)));
    }
    expect((await readMessage(ctx, id)).status).toBe("delivered");
    expect((await readHistory(ctx, id)).slice(-4)).toEqual([
      "warning",
      "pending",
      "deleted",
      "of_the_future",
    ]);
    const rows = await ctx.sql`select * from message_events where message_id = ${id}`;
    expect(JSON.stringify(rows)).not.toMatch(/16505551234|US\.77/);
    expect(rows.find(({ status }) => status === "delivered")?.detail).toEqual({
      conversation: { id: "c1", origin: { type: "service" } },
      pricing: { billable: false, category: "service" },
    });
  });
});
