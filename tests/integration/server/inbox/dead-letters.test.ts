import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { toAppError } from "#server/utils/errors";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";
import { readInboxRow, receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants } from "#tests/helpers/server/seed-tenants";
import { statusOf, textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";
const CANARY = "canary-9d1e";

let ctx: TestContext;
let lastId = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  await seedTenants(ctx);
});

beforeEach(() => ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox cascade`);

afterAll(() => ctx.close());

const text = (body: string): Json => textFrom(PERSON, `wamid.${(lastId += 1)}`, body, ctx.clock.now());
const texts = async (): Promise<string[]> =>
  (await ctx.sql<{ text: string }[]>`select text from messages order by id`).map((row) => row.text);
const at = (index: number, list = "messages"): string => `entry[0].changes[0].value.${list}[${index}]`;

describe("a poisonous element", () => {
  it("becomes a dead letter that names its place and its reason, and its neighbours are stored", async () => {
    const nameless = { ...text(CANARY), id: undefined };
    const authorless = { ...text(CANARY), from: "" };
    const tooLong = { ...text(CANARY), id: `wamid.${incompressible(9_000)}` };
    const messages = [text("a"), nameless, text("b"), authorless, "nonsense", tooLong, null, text("c")];
    const statuses = [{ id: "wamid.x" }, { status: "sent" }];
    const row = await receiveWebhook(ctx, webhookBody("101", { messages, statuses }));
    expect(await texts()).toEqual(["a", "b", "c"]);
    expect(row.state).toBe("dead");
    expect(row.error?.dead_letters).toEqual([
      { path: at(1), reason: "the message has no id" },
      { path: at(3), reason: "the message names no author" },
      { path: at(4), reason: "the message has no id" },
      { path: at(5), reason: "it could not be stored" },
      { path: at(6), reason: "the message has no id" },
      { path: at(0, "statuses"), reason: "the status has no value" },
      { path: at(1, "statuses"), reason: "the status names no message" },
    ]);
    expect(JSON.stringify(row.error)).not.toContain(CANARY);
    expect(ctx.logged.join("\n")).not.toContain(CANARY);
    expect(ctx.logged.join("\n")).not.toContain(PERSON);
  });

  it("for a number that is not ours is a dead letter, and another change of the body is stored", async () => {
    const foreign = webhookBody("999", { messages: [text(CANARY)] }).entry as Json[];
    const own = webhookBody("101", { messages: [text("ours")] }).entry as Json[];
    const row = await receiveWebhook(ctx, { entry: [...foreign, ...own] });
    expect(row.error?.dead_letters).toEqual([
      { path: at(0), reason: "the number is not one of this server's" },
    ]);
    expect(await texts()).toEqual(["ours"]);
  });

  it("nested as deep as a body allows does no harm", async () => {
    const depth = 100_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const body = JSON.stringify(
      webhookBody("101", { messages: [text("good"), { ...text("x"), deep: "@" }] }),
    );
    const row = await receiveWebhook(ctx, body.replace('"@"', deep));
    expect(row.state).toBe("done");
    expect(await texts()).toEqual(["good", "x"]);
  });
});

describe("a body", () => {
  it.each([
    ["cut off", '{"entry":['],
    ["empty", ""],
    ["not UTF-8", "\u00ff\u00fe"],
  ])("that is %s is dead, and says why", async (_what, body) => {
    expect(await receiveWebhook(ctx, body)).toMatchObject({
      state: "dead",
      error: { dead_letters: [{ path: "", reason: "the body is not JSON" }] },
    });
  });

  it.each([
    ["null", "null"],
    ["a list", "[]"],
    ["without entries", "{}"],
    ["with strings where objects belong", '{"entry":["a",{"changes":"b"},{"changes":[{"value":3}]}]}'],
    [
      "about a field that nothing here acts on",
      '{"entry":[{"changes":[{"field":"flows","value":{"a":1}}]}]}',
    ],
  ])("that is %s is done: there is nothing in it", async (_what, body) => {
    expect(await receiveWebhook(ctx, body)).toMatchObject({ state: "done", error: null });
  });

  it("is handled again by nobody, once it is done or dead", async () => {
    const done = await receiveWebhook(ctx, webhookBody("101", { messages: [text("once")] }));
    const dead = await receiveWebhook(ctx, "{");
    expect(await processInbox(ctx.system, [done.id, dead.id])).toBe(0);
  });

  it("whose process died is taken over when its lease is over, and not before", async () => {
    const id = await storeBody(ctx, webhookBody("101", { messages: [text("left behind")] }));
    const later = new Date(ctx.clock.now().getTime() + 60_000);
    await ctx.sql`update webhook_inbox set state = 'processing', claim_expires_at = ${later} where id = ${id}`;
    expect(await processInbox(ctx.system, [id])).toBe(0);
    ctx.clock.advance(60_000);
    expect(await processInbox(ctx.system, [id])).toBe(1);
    expect(await texts()).toEqual(["left behind"]);
  });

  it("goes back to be handled again, and is not dead, when the database goes away in the middle", async () => {
    const statuses = [statusOf("wamid.parked", "sent", ctx.clock.now())];
    const ids = [
      await storeBody(ctx, webhookBody("101", { statuses }, { messages: [text("first")] })),
      await storeBody(ctx, webhookBody("101", { messages: [text("second")] })),
    ];
    const held = await holdTable(ctx, "messages");
    const processing = processInbox(ctx.system, ids).catch((error: unknown) => toAppError(error));
    await held.waitForWaiters();
    await held.endWaiters();
    expect(await processing).toMatchObject({ code: "unavailable", retryable: true });
    await held.release();
    for (const id of ids)
      expect(await readInboxRow(ctx, id)).toMatchObject({ state: "received", error: null });
    expect(await processInbox(ctx.system, ids)).toBe(2);
    expect(await texts()).toEqual(["first", "second"]);
    const events = await ctx.sql`select status from message_events where wamid = 'wamid.parked'`;
    expect(events).toHaveLength(1);
  });
});

// Longer than an index row may be even after PostgreSQL has compressed it.
function incompressible(length: number): string {
  return Array.from({ length }, () => Math.random().toString(36).at(-1)).join("");
}
