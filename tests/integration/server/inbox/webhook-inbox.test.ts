import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createWebhookInbox, type WebhookInbox } from "#server/utils/inbox/create-webhook-inbox";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable } from "#tests/helpers/server/hold-table";

let ctx: TestContext;
let inbox: WebhookInbox;
const onAccepted = vi.fn<(ids: readonly string[]) => void>();

beforeAll(async () => {
  ctx = await createTestContext();
  await ctx.sql`create sequence insert_statements`;
  await ctx.sql.unsafe(`
    grant usage on sequence insert_statements to public;
    create function count_statement() returns trigger language plpgsql as
      $$ begin perform nextval('insert_statements'); return null; end $$;
    create trigger count_inserts after insert on webhook_inbox for each statement execute function count_statement()`);
});

beforeEach(async () => {
  await ctx.sql`truncate webhook_inbox`;
  await ctx.sql`select setval('insert_statements', 1, false)`;
  onAccepted.mockReset();
  inbox = createWebhookInbox({ database: ctx.database, clock: ctx.clock, onAccepted });
});

afterAll(() => ctx.close());

const accept = (text: string): Promise<void> => inbox.accept(Buffer.from(text));

async function readBodies(): Promise<string[]> {
  const rows = await ctx.sql<{ body: Buffer }[]>`select body from webhook_inbox order by id`;
  return rows.map(({ body }) => body.toString());
}

async function countStatements(): Promise<number> {
  const [row] = await ctx.sql<[{ count: number }]>`
    select (last_value - case when is_called then 0 else 1 end)::int as count from insert_statements`;
  return row.count;
}

describe("accept", () => {
  it("keeps the bytes as they came, and the time", async () => {
    const bytes = Buffer.from([0x7b, 0x00, 0xff, 0xc3, 0x28, 0x7d]);
    await inbox.accept(bytes);
    const [row] = await ctx.sql<[{ body: Buffer; received_at: Date; state: string }]>`
      select body, received_at, state from webhook_inbox`;
    expect(row.body.equals(bytes)).toBe(true);
    expect(row).toMatchObject({ received_at: ctx.clock.now(), state: "received" });
  });

  it("resolves after the commit and not before", async () => {
    const held = await holdTable(ctx, "webhook_inbox");
    const onResolved = vi.fn<() => void>();
    const accepting = accept("{}").then(onResolved);
    await held.waitForWaiters();
    expect(onResolved).not.toHaveBeenCalled();
    expect(onAccepted).not.toHaveBeenCalled();
    await held.release();
    await accepting;
    expect(await readBodies()).toEqual(["{}"]);
    expect(onAccepted).toHaveBeenCalledOnce();
  });

  it("stores requests that come together with one statement, and gives each id to whoever works on", async () => {
    const bodies = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`);
    await Promise.all(bodies.map(accept));
    expect((await readBodies()).toSorted()).toEqual(bodies.toSorted());
    expect(await countStatements()).toBeLessThanOrEqual(2);
    const rows = await ctx.sql<{ id: string }[]>`select id from webhook_inbox order by id`;
    expect(onAccepted.mock.calls.flat(2).toSorted()).toEqual(rows.map(({ id }) => id));
  });

  it("gathers what comes while an insert is under way", async () => {
    const held = await holdTable(ctx, "webhook_inbox");
    const first = accept("first");
    await held.waitForWaiters();
    const others = Array.from({ length: 20 }, (_, index) => accept(`other ${index}`));
    await held.release();
    await Promise.all([first, ...others]);
    expect(await countStatements()).toBe(2);
    expect(await readBodies()).toHaveLength(21);
  });

  it("does not put more than 200 bodies or 8 MB into one statement", async () => {
    await Promise.all(Array.from({ length: 450 }, (_, index) => accept(String(index))));
    expect(await countStatements()).toBe(3);
    const large = Buffer.alloc(3 * 1024 * 1024, "x");
    await Promise.all([inbox.accept(large), inbox.accept(large), inbox.accept(large)]);
    expect(await countStatements()).toBe(5);
  });

  it("rejects every request whose body was not stored, and works on when the database is back", async () => {
    await ctx.sql`revoke insert on webhook_inbox from wamcp_system`;
    const results = await Promise.allSettled([accept("a"), accept("b"), accept("c")]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(onAccepted).not.toHaveBeenCalled();
    await ctx.sql`grant insert on webhook_inbox to wamcp_system`;
    await accept("d");
    expect(await readBodies()).toEqual(["d"]);
  });
});
