import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { holdTable, type HeldTable } from "#tests/helpers/server/hold-table";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

let ctx: TestContext;
let tenants: Tenants;
let held: HeldTable | undefined;

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
});

afterEach(async () => {
  await held?.release();
  held = undefined;
});

afterAll(() => ctx.close());

async function timeCall(name: string): Promise<number> {
  const startedMs = performance.now();
  const answer = await callAs(ctx, tenants.ann, name);
  expect(answer.isError).toBe(false);
  return performance.now() - startedMs;
}

// Whoever waits for a table that is held searches as long as a search may last, whatever the machine.
describe("searches that do not end", () => {
  it("leave others' calls as quick as they were, and are answered", async () => {
    const aloneMs = Math.min(await timeCall("list_numbers"), await timeCall("list_numbers"));
    held = await holdTable(ctx, "message_words");
    const searches = Array.from({ length: 20 }, () =>
      callAs(ctx, tenants.bob, "search_messages", { query: "anything" }),
    );
    await held.waitForWaiters();
    const besideMs: number[] = [];
    for (let round = 0; round < 5; round += 1) besideMs.push(await timeCall("list_numbers"));
    // The quickest: what else the machine does only makes rounds longer.
    expect(Math.min(...besideMs)).toBeLessThan(aloneMs * 10 + 100);
    // Ann's own search has a place, however many bob has made.
    const own = callAs(ctx, tenants.ann, "search_messages", { query: "anything" });
    await held.waitForWaiters(3);
    const codes = (await Promise.all(searches)).map((answer) => errorOf(answer).code);
    expect(new Set(codes)).toEqual(new Set(["invalid_arguments", "rate_limited"]));
    expect(errorOf(await own)).toMatchObject({
      code: "invalid_arguments",
      message: "The search took longer than 3 s and was ended.",
      details: { field: "query", limit: "seconds", value: 3 },
    });
  }, 30_000);

  it("are forgotten when the caller goes before its turn", async () => {
    held = await holdTable(ctx, "message_words");
    const search = (signal?: AbortSignal) =>
      callAs(ctx, tenants.bob, "search_messages", { query: "anything" }, signal ? { signal } : {});
    const running = [search(), search()];
    await held.waitForWaiters(2);
    const gone = new AbortController();
    const waiting = search(gone.signal);
    gone.abort();
    expect((await waiting).isError).toBe(true);
    await held.release();
    held = undefined;
    for (const answer of await Promise.all(running)) expect(answer.isError).toBe(false);
    expect((await search()).isError).toBe(false);
  });
});

describe("any other call that does not end", () => {
  it("is ended, and says what to do", async () => {
    const work = ctx.database.asClient(tenants.ann.clientId, (tx) =>
      tx.execute("select set_config('statement_timeout', '10', true); select pg_sleep(20)"),
    );
    await expect(work).rejects.toMatchObject({ cause: { code: "57014" } });
    const limit = await ctx.database.asClient(tenants.ann.clientId, (tx) =>
      tx.execute<{ statement_timeout: string }>("show statement_timeout"),
    );
    expect([...limit]).toEqual([{ statement_timeout: "15s" }]);
  });
});
