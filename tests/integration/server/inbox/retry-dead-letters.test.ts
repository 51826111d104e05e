import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addNumber } from "#server/utils/admin/numbers/add-number";
import { listDeadLetters } from "#server/utils/admin/inbox/list-dead-letters";
import { retryDeadLetter } from "#server/utils/admin/inbox/retry-dead-letter";
import { showDeadLetter } from "#server/utils/admin/inbox/show-dead-letter";
import { newId } from "#server/utils/ids";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { deliverEvents } from "#tests/helpers/server/deliver-events";
import { readInboxRow, receiveWebhook, type InboxRow } from "#tests/helpers/server/receive-webhook";
import { adminOf, seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const CANARY = "canary-9d1e";
const REASON = "the number is not one of this server's";

let ctx: TestContext;
let tenants: Tenants;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

beforeEach(
  () =>
    ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox, outbox, audit_log cascade`,
);

afterAll(() => ctx.close());

const text = (): Json => textFrom("16505551234", `wamid.${(lastId += 1)}`, CANARY, ctx.clock.now());

/** A body of which one message is stored, two are for a number that nobody knows, and one is none. */
function receiveHalf(waPhoneNumberId: string): Promise<InboxRow> {
  const entries = [
    webhookBody("101", { messages: [text(), { ...text(), id: "" }] }),
    webhookBody(waPhoneNumberId, { messages: [text(), text()] }),
  ].flatMap(({ entry }) => entry as Json[]);
  return receiveWebhook(ctx, { entry: entries });
}
const retries = () =>
  ctx.sql`select outcome, error_code, detail from audit_log where action = 'inbox.retried' order by id`;

describe("listDeadLetters", () => {
  it("shows the newest first, how many elements and why, and not a word of them", async () => {
    const [first, second] = [await receiveHalf("998"), await receiveWebhook(ctx, CANARY)];
    await receiveWebhook(ctx, webhookBody("101", { messages: [text()] }));
    const found = await listDeadLetters(adminOf(ctx), { limit: 10 });
    expect(found).toMatchObject([
      { id: second.id, count: 1, reasons: [{ reason: "the body is not JSON", count: 1 }] },
      {
        id: first.id,
        count: 3,
        reasons: [
          { reason: REASON, count: 2 },
          { reason: "the message has no id", count: 1 },
        ],
      },
    ]);
    expect(JSON.stringify(found)).not.toContain(CANARY);
    expect(await listDeadLetters(adminOf(ctx), { limit: 1 })).toHaveLength(1);
    expect(await listDeadLetters(adminOf(ctx), { limit: 9, beforeId: second.id })).toMatchObject([
      { id: first.id },
    ]);
  });
});

describe("showDeadLetter", () => {
  it("shows places and reasons, and what people wrote only when it is asked for, which goes on record", async () => {
    const { id } = await receiveHalf("998");
    const shown = await showDeadLetter(adminOf(ctx), { id });
    expect(shown).toMatchObject({ id, state: "dead", attempts: 1, omitted: 0 });
    expect(shown.deadLetters).toEqual([
      { path: "entry[0].changes[0].value.messages[1]", reason: "the message has no id" },
      { path: "entry[1].changes[0].value.messages[0]", reason: REASON },
      { path: "entry[1].changes[0].value.messages[1]", reason: REASON },
    ]);
    expect(JSON.stringify(shown)).not.toContain(CANARY);
    expect(await ctx.sql`select id from audit_log where action = 'inbox.shown'`).toHaveLength(0);
    expect((await showDeadLetter(adminOf(ctx), { id, withBody: true })).body).toContain(CANARY);
    expect(await ctx.sql`select id from audit_log where action = 'inbox.shown'`).toHaveLength(1);
  });

  it.each(["nonsense", newId()])("does not know %s", async (id) => {
    await expect(showDeadLetter(adminOf(ctx), { id })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("retryDeadLetter", () => {
  it("has the function handle the body once more, which stores what is missing and nothing twice", async () => {
    const { id } = await receiveHalf("777");
    expect(await ctx.sql`select id from messages`).toHaveLength(1);
    const more = {
      wabaId: "900",
      displayNumber: "+1 555 777",
      label: "late",
      defaultClientId: tenants.ann.clientId,
    };
    await addNumber(adminOf(ctx), { waPhoneNumberId: "777", ...more });
    await deliverEvents(ctx);
    await retryDeadLetter(adminOf(ctx), id);
    expect(await readInboxRow(ctx, id)).toMatchObject({ state: "received", attempts: 0, error: null });
    expect(await deliverEvents(ctx)).toMatchObject([
      { name: "wa/inbox.received", data: { inbox_ids: [id] } },
    ]);
    expect(await readInboxRow(ctx, id)).toMatchObject({ state: "dead", attempts: 1 });
    expect((await showDeadLetter(adminOf(ctx), { id })).deadLetters).toHaveLength(1);
    // And again: what is wrong with the last element stays wrong.
    await retryDeadLetter(adminOf(ctx), id);
    await deliverEvents(ctx);
    expect(await ctx.sql`select id from messages`).toHaveLength(3);
    expect(await retries()).toMatchObject([
      { outcome: "ok", detail: { inbox_id: id } },
      { outcome: "ok", detail: { inbox_id: id } },
    ]);
  });

  it("takes a body once, of two who ask at the same time", async () => {
    const { id } = await receiveHalf("998");
    const results = await Promise.allSettled([
      retryDeadLetter(adminOf(ctx), id),
      retryDeadLetter(adminOf(ctx), id),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await ctx.sql`select id from outbox`).toHaveLength(1);
  });

  it("refuses what is not dead, and what is not there, and records that too", async () => {
    const { id } = await receiveWebhook(ctx, webhookBody("101", { messages: [text()] }));
    await expect(retryDeadLetter(adminOf(ctx), id)).rejects.toMatchObject({ code: "conflict" });
    await expect(retryDeadLetter(adminOf(ctx), newId())).rejects.toMatchObject({ code: "not_found" });
    expect(await retries()).toMatchObject([
      { outcome: "refused", error_code: "conflict" },
      { outcome: "refused", error_code: "not_found" },
    ]);
  });
});
