import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import fc from "fast-check";
import { processInbox } from "#server/utils/inbox/process-inbox";
import { createTestClock } from "#tests/helpers/server/create-test-clock";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";
import { readInboxRow, receiveWebhook, storeBody } from "#tests/helpers/server/receive-webhook";
import { seedTenants } from "#tests/helpers/server/seed-tenants";
import { textFrom, webhookBody, type Json } from "#tests/helpers/server/webhook-bodies";

const PERSON = "16505551234";

let ctx: TestContext;
/** Moves on by itself whenever somebody looks at it. */
let stepMs = 0;

beforeAll(async () => {
  const inner = createTestClock();
  const clock = {
    now: () => {
      inner.advance(stepMs);
      return inner.now();
    },
  };
  ctx = await createTestContext({ clock });
  await seedTenants(ctx);
});

beforeEach(() => {
  stepMs = 0;
  return ctx.sql`truncate messages, conversations, contacts, changes, webhook_inbox cascade`;
});

afterAll(() => ctx.close());

const textsOf = (count: number, words = "hello"): Json[] =>
  Array.from({ length: count }, (_, index) =>
    textFrom(PERSON, `wamid.${index}`, words, new Date(ctx.system.clock.now().getTime() - 60_000)),
  );
const countMessages = async (): Promise<number> => (await ctx.sql`select id from messages`).length;

describe("a body that takes longer than its lease", () => {
  it("stays with the process that has it, while others ask for it", async () => {
    const id = await storeBody(ctx, webhookBody("101", { messages: textsOf(60) }));
    const next = await storeBody(
      ctx,
      webhookBody("101", { messages: [textFrom(PERSON, "wamid.n", "next", new Date())] }),
    );
    // 30 s of work at the least, where the lease is 15 s.
    stepMs = 500;
    const work = { isDone: false };
    const processing = processInbox(ctx.system, [id, next]).finally(() => (work.isDone = true));
    let taken = 0;
    // Once per message: every question moves this clock on, and a hundred of them in a row would be a process that hangs.
    for (let stored = 0; !work.isDone; stored = await countMessages()) {
      taken += await processInbox(ctx.system, [id, next]);
      await vi.waitFor(async () => expect(work.isDone || (await countMessages()) > stored).toBe(true), {
        timeout: 15_000,
        interval: 2,
      });
    }
    expect(await processing).toBe(2);
    expect(taken).toBe(0);
    expect(await readInboxRow(ctx, id)).toMatchObject({ state: "done", attempts: 1 });
    expect(await readInboxRow(ctx, next)).toMatchObject({ state: "done", attempts: 1 });
    expect(await countMessages()).toBe(61);
  });

  it("is left alone by a process that has lost it", async () => {
    const id = await storeBody(ctx, webhookBody("101", { messages: textsOf(50) }));
    stepMs = 6_000;
    // Another process takes it over after the first element.
    await ctx.sql`
      create function pg_temp_take_over() returns trigger language plpgsql as $$
      begin
        update webhook_inbox set attempts = attempts + 1 where attempts = 1;
        return null;
      end $$`;
    await ctx.sql`create trigger take_over after insert on messages for each row execute function pg_temp_take_over()`;
    await processInbox(ctx.system, [id]);
    await ctx.sql`drop trigger take_over on messages`;
    expect(await readInboxRow(ctx, id)).toMatchObject({ state: "processing", attempts: 2 });
    expect(await countMessages()).toBeLessThan(5);
  });
});

describe("a body of 3 MB", () => {
  it("is handled in full, many messages or one", async () => {
    const messages = textsOf(300, "\u00e9".repeat(5_000));
    const body = JSON.stringify(webhookBody("101", { messages }));
    expect(Buffer.byteLength(body)).toBeGreaterThan(2_900_000);
    expect(await receiveWebhook(ctx, body)).toMatchObject({ state: "done", error: null });
    expect(await countMessages()).toBe(300);
    const long = textFrom(PERSON, "wamid.long", "x".repeat(3_000_000), new Date());
    expect(await receiveWebhook(ctx, webhookBody("101", { messages: [long] }))).toMatchObject({
      state: "done",
    });
    const [row] = await ctx.sql`select length(text) as length from messages where wamid = 'wamid.long'`;
    expect(row).toEqual({ length: 3_000_000 });
  });

  it("of nothing but rubbish lists no more than a thousand dead letters, and counts the others", async () => {
    const row = await receiveWebhook(
      ctx,
      webhookBody("101", { messages: Array.from({ length: 5_000 }, () => 0) }),
    );
    expect(row.state).toBe("dead");
    expect(row.error?.dead_letters).toHaveLength(1_000);
    expect(row.error).toMatchObject({ omitted: 4_000 });
  });
});

describe("a batch", () => {
  it("of good elements with anything between them stores exactly the good ones, once", async () => {
    const types = Object.values(INBOUND_TYPES);
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom(...types).map((good) => ({ good })),
        fc.jsonValue().map((junk) => ({ junk })),
      ),
      {
        maxLength: 12,
      },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(parts, async (list) => {
        run += 1;
        const messages = list.map((part, index) =>
          "good" in part ? { ...part.good, id: `wamid.${run}-${index}`, from: PERSON } : part.junk,
        );
        const body = webhookBody("101", { messages });
        await receiveWebhook(ctx, body);
        await receiveWebhook(ctx, body);
        const rows = await ctx.sql<{ wamid: string }[]>`
          select wamid from messages where wamid like ${`wamid.${run}-%`} order by id`;
        const expected = list.flatMap((part, index) => ("good" in part ? [`wamid.${run}-${index}`] : []));
        expect(rows.map(({ wamid }) => wamid)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });
});
