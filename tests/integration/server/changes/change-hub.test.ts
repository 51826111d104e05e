import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MISSED_LIMIT } from "#server/utils/changes/create-ordered-feed";
import type { Change } from "#server/utils/context";
import { newId } from "#server/utils/ids";
import { openConversation } from "#server/utils/messaging/conversations/store";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";

const SUBSCRIBERS = 5;
const KILLS = 6;
/** Of each writer, at most: it ends when the last connection was killed. */
const ROUNDS = 2_000;

let ctx: TestContext;
let tenants: Tenants;
let target: { conversation_id: string; contact_id: string; phone_number_id: string };
/** What each subscriber heard: numbers of changes, or that anything may be missing. */
let heard: (number | "unknown")[][];
let ends: (() => void)[] = [];

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const recipient = { kind: "phone_input", value: "16505559999" } as const;
  const opened = await ctx.database.asClient(tenants.ann.clientId, (tx) =>
    openConversation(tx, tenants.numbers.shared.id, recipient),
  );
  target = {
    conversation_id: opened?.conversationId ?? "",
    contact_id: opened?.contactId ?? "",
    phone_number_id: tenants.numbers.shared.id,
  };
});

beforeEach(async () => {
  for (const end of ends) end();
  heard = Array.from({ length: SUBSCRIBERS }, () => []);
  ends = heard.map((list) => ctx.changes.subscribe((change) => void list.push(change?.seq ?? "unknown")));
});

afterAll(() => ctx.close());

/** Stores a message, in a transaction that ends as the test wants it. */
async function write(sql: postgres.Sql | postgres.TransactionSql, id = newId()): Promise<void> {
  const row = { id, ...target, direction: "inbound", type: "text", status: "received", content: {} };
  await sql`insert into messages ${sql({ ...row, occurred_at: new Date() } as Record<string, unknown>)}`;
}

/** Ends the connection that listens, as soon as there is one. */
async function killListener(): Promise<void> {
  await eventually(async () => {
    const killed = await ctx.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen %'`;
    expect(killed.length).toBeGreaterThan(0);
  });
}

/** The numbers of the feed behind a place, as the table has them. */
const seqsBehind = async (after: number): Promise<number[]> =>
  (
    await ctx.sql<{ seq: number }[]>`select seq::int as seq from changes where seq > ${after} order by seq`
  ).map(({ seq }) => seq);

/** Puts rows into the feed as the trigger does, without a notification. */
const writeUnheard = (count: number, createdAt = new Date()) => ctx.sql`
  insert into changes (seq, kind, direction, phone_number_id, conversation_id, message_id, created_at)
  select nextval('changes_seq'), 'message', 'inbound', ${target.phone_number_id}, ${target.conversation_id},
    gen_random_uuid(), ${createdAt}
  from generate_series(1, ${count})`;

async function expectHeard(wanted: (number | "unknown")[]): Promise<void> {
  await eventually(() => expect(heard.map((list) => list.at(-1))).toEqual(heard.map(() => wanted.at(-1))));
  for (const list of heard) expect(list).toEqual(wanted);
}

describe("while the connection that listens is killed", () => {
  it("every subscriber hears of each change that commits, once and in order", async () => {
    const start = ctx.changes.lastSeq;
    const sql = postgres(ctx.url, { max: 8, onnotice: () => {} });
    const done = new AbortController();
    const writers = Array.from({ length: 8 }, async () => {
      for (let round = 0; round < ROUNDS && !done.signal.aborted; round += 1) await write(sql);
    });
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = ctx.changes.lastSeq;
        await killListener();
        await eventually(() => expect(ctx.changes.lastSeq).toBeGreaterThan(before + 20));
      }
    } finally {
      done.abort();
      await Promise.all(writers);
      await sql.end({ timeout: 5 });
    }
    const wanted = await seqsBehind(start);
    expect(wanted.length).toBeGreaterThan(KILLS * 20);
    await expectHeard(wanted);
    expect(ctx.changes.lastSeq).toBe(wanted.at(-1));
  });

  it("what nobody was notified of is heard, with its owner, as soon as it is back", async () => {
    const start = ctx.changes.lastSeq;
    const changes: (Change | undefined)[] = [];
    ends.push(ctx.changes.subscribe((change) => void changes.push(change)));
    await writeUnheard(3);
    await killListener();
    await expectHeard(await seqsBehind(start));
    expect(changes).toHaveLength(3);
    expect(changes[0]).toEqual({
      seq: start + 1,
      kind: "message",
      direction: "inbound",
      phoneNumberId: target.phone_number_id,
      conversationId: target.conversation_id,
      messageId: expect.any(String) as string,
      ownerClientId: tenants.ann.clientId,
    });
  });

  it("more than is told one by one is told as an unknown loss, and what comes then as ever", async () => {
    await writeUnheard(MISSED_LIMIT + 1);
    await killListener();
    await expectHeard(["unknown"]);
    const start = ctx.changes.lastSeq;
    await write(ctx.sql);
    await expectHeard(["unknown", start + 1]);
  });

  it("a hole in what is a day old is an unknown loss: it may have been deleted", async () => {
    const start = ctx.changes.lastSeq;
    const longAgo = new Date(Date.now() - 40 * 86_400_000);
    await ctx.sql`update changes set created_at = ${longAgo} where seq = ${start}`;
    await writeUnheard(3, longAgo);
    await ctx.sql`delete from changes where seq = ${start + 2}`;
    await killListener();
    await expectHeard(["unknown", start + 1, start + 3]);
  });
});

describe("a notification", () => {
  it("that is lost is made good by the next one", async () => {
    const start = ctx.changes.lastSeq;
    await writeUnheard(2);
    await write(ctx.sql);
    await expectHeard([start + 1, start + 2, start + 3]);
  });

  it("behind transactions that were rolled back is heard as ever", async () => {
    await write(ctx.sql);
    await eventually(() => expect(heard[0]).toHaveLength(1));
    const start = ctx.changes.lastSeq;
    for (let round = 0; round < 3; round += 1) {
      const work = ctx.sql.begin(async (tx) => {
        await write(tx);
        // The feed's number is taken when constraints are checked.
        await tx`set constraints all immediate`;
        throw new Error("rolled back");
      });
      await expect(work).rejects.toThrow("rolled back");
    }
    await write(ctx.sql);
    await expectHeard([start, start + 4]);
    await write(ctx.sql);
    await expectHeard([start, start + 4, start + 5]);
  });

  it.each(["", "no JSON", "{}", "null", '{"seq":"many"}', `{"seq":1e300,"kind":"message"}`])(
    "that cannot be read, like %j, breaks nothing",
    async (payload) => {
      const start = ctx.changes.lastSeq;
      await ctx.sql`select pg_notify('wamcp_changes', ${payload})`;
      await write(ctx.sql);
      await ctx.sql`select pg_notify('wamcp_changes', ${payload})`;
      await write(ctx.sql);
      await expectHeard([start + 1, start + 2]);
      expect(ctx.logged.filter((line) => payload && line.includes(payload))).toEqual([]);
    },
  );

  it("that comes again is heard once", async () => {
    const start = ctx.changes.lastSeq;
    await write(ctx.sql);
    await expectHeard([start + 1]);
    await ctx.sql`
      select pg_notify('wamcp_changes', json_build_object('seq', seq, 'kind', kind, 'direction', direction,
        'phoneNumberId', phone_number_id, 'conversationId', conversation_id, 'messageId', message_id,
        'ownerClientId', null)::text)
      from changes where seq = ${start + 1}`;
    await write(ctx.sql);
    await expectHeard([start + 1, start + 2]);
  });
});
