import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/utils/ids";
import { openConversation } from "#server/utils/messaging/conversations/store";
import { eventually } from "#tests/helpers/eventually";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { canaryOf, plantRows } from "./planted-rows";

const WRITERS = 20;
const ROUNDS = 8;

let ctx: TestContext;
let tenants: Tenants;
let target: { conversation_id: string; contact_id: string; phone_number_id: string };

beforeAll(async () => {
  ctx = await createTestContext();
  tenants = await seedTenants(ctx);
  const phoneNumberId = tenants.numbers.shared.id;
  const recipient = { kind: "phone_input", value: "16505559999" } as const;
  const opened = await ctx.database.asClient(tenants.ann.clientId, (tx) =>
    openConversation(tx, phoneNumberId, recipient),
  );
  target = {
    conversation_id: opened?.conversationId ?? "",
    contact_id: opened?.contactId ?? "",
    phone_number_id: phoneNumberId,
  };
});

beforeEach(() => ctx.sql`truncate changes`);

afterAll(() => ctx.close());

interface SeenChange {
  seq: number;
  message_id: string;
}

/** Inserts messages that become visible in another order than they were written in. */
async function write(sql: postgres.Sql, messageIds: string[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe("set local role wamcp_system");
    for (const id of messageIds) {
      const row = {
        id,
        ...target,
        direction: "inbound",
        type: "text",
        status: "received",
        text: canaryOf("ann"),
      };
      await tx`insert into messages ${tx({ ...row, content: {}, occurred_at: new Date() })}`;
    }
    // The later a transaction begins, the sooner it may commit.
    await tx`select pg_sleep(${Math.random() * 0.05})`;
  });
}

describe("the change feed", () => {
  it("never lets a reader that remembers the highest number miss a change or see one out of order", async () => {
    const sql = postgres(ctx.url, { max: WRITERS, onnotice: () => {} });
    const written: string[] = [];
    let isDone = false;
    const seen: SeenChange[] = [];
    const read = async (): Promise<void> => {
      let last = 0;
      for (let isLast = false; !isLast;) {
        isLast = isDone;
        const rows = await ctx.sql<SeenChange[]>`
          select seq::int as seq, message_id from changes where seq > ${last} order by seq`;
        seen.push(...rows);
        last = rows.at(-1)?.seq ?? last;
      }
    };
    const reader = read();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const ids = Array.from({ length: 1 + (writer % 3) }, newId);
          written.push(...ids);
          await write(sql, ids);
        }
      }),
    );
    isDone = true;
    await reader;
    await sql.end({ timeout: 5 });
    const seqs = seen.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    const all = await ctx.sql<SeenChange[]>`select seq::int as seq, message_id from changes order by seq`;
    expect(seen).toEqual([...all]);
    expect(seen.map(({ message_id }) => message_id).toSorted()).toEqual(written.toSorted());
  });

  it("leaves nothing of a transaction that is rolled back", async () => {
    const work = ctx.sql.begin(async (tx) => {
      const row = { id: newId(), ...target, direction: "inbound", type: "text", status: "received" };
      await tx`insert into messages ${tx({ ...row, content: {}, occurred_at: new Date() })}`;
      throw new Error("rolled back");
    });
    await expect(work).rejects.toThrow("rolled back");
    expect(await ctx.sql`select seq from changes`).toHaveLength(0);
  });

  it("tells of a status and of a replaced type, and of nothing else that changes", async () => {
    const id = newId();
    await write(ctx.sql, [id]);
    await ctx.sql`update messages set text = 'other', error = '{}' where id = ${id}`;
    await ctx.sql`update messages set status = 'received', type = 'text' where id = ${id}`;
    await ctx.sql`update messages set type = 'image' where id = ${id}`;
    await ctx.sql`update messages set status = 'read' where id = ${id}`;
    const kinds = await ctx.sql`select kind from changes where message_id = ${id} order by seq`;
    expect(kinds.map(({ kind }) => kind)).toEqual(["message", "message", "status"]);
  });
});

describe("NOTIFY", () => {
  it("carries ids and nothing else, whatever words the rows hold", async () => {
    const payloads: { channel: string; payload: string }[] = [];
    for (const channel of ["wamcp_changes", "wamcp_access"]) {
      await ctx.database.listen(
        channel,
        (payload) => payloads.push({ channel, payload }),
        () => {},
      );
    }
    await plantRows(ctx, tenants);
    await ctx.sql`update clients set display_name = ${canaryOf("ann")} where id = ${tenants.ann.clientId}`;
    const [row] = await ctx.sql<[{ count: number }]>`select count(*)::int as count from changes`;
    const changesOf = () => payloads.filter(({ channel }) => channel === "wamcp_changes");
    await eventually(() => {
      expect(changesOf()).toHaveLength(row.count);
      expect(payloads.some(({ channel }) => channel === "wamcp_access")).toBe(true);
    });
    expect(row.count).toBeGreaterThan(8);
    const id = "[0-9a-f-]{36}";
    const change = new RegExp(
      `^{"seq" : \\d+, "kind" : "(message|status)", "direction" : "(in|out)bound", "phoneNumberId" : "${id}", ` +
        `"conversationId" : "${id}", "messageId" : "${id}", "ownerClientId" : ("${id}"|null)}$`,
    );
    for (const { payload } of changesOf()) expect(payload).toMatch(change);
    for (const { payload } of payloads.filter(({ channel }) => channel === "wamcp_access")) {
      expect(payload).toMatch(new RegExp(`^${id}$`));
    }
  });
});
