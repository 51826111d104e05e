import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { until } from "#dev/stack/until";
import { createPatientClient } from "#tests/helpers/stack/call-until-answered";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const COUNT = 200;
const WORKERS = 8;
const KILLS = 4;

let stack: TestStack;
let sql: Sql;
beforeAll(async () => {
  stack = await openTestStack({ serverEnv: { SEND_TIMEOUT_MS: "2000", SETTLE_AFTER_MS: "2000" } });
  sql = postgres(stack.databaseUrl, { max: 2 });
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

const phoneOf = (number: number): string => `1650555${String(1000 + (number % 20))}`;

/** Does `COUNT` pieces of work with a few workers. */
async function inParallel(work: (number: number, worker: number) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async (worker: number): Promise<void> => {
    while (next < COUNT) await work(next++, worker);
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => run(worker)));
}

describe("kill -9 of the server during 200 sends and 200 webhooks", () => {
  it("leaves each there exactly once", async () => {
    const messageIds: string[] = [];
    let received = 0;
    const clients = Array.from({ length: WORKERS }, () => createPatientClient(stack));
    const sends = inParallel(async (number, worker) => {
      const args = { to: `+${phoneOf(number)}`, body: `send ${number}`, idempotency_key: `send-${number}` };
      const sent = await clients[worker]?.call("send_message", args);
      messageIds.push(String(sent?.message_id));
    });
    const webhooks = inParallel(async (number) => {
      await stack.phones.sendFromPerson(phoneOf(number), {
        type: "text",
        text: { body: `answer ${number}` },
      });
      received += 1;
    });
    const kills = killAlong(() => messageIds.length + received);
    await Promise.all([sends, webhooks, kills]);

    await untilSettled();
    expect(await countKills()).toBe(KILLS);
    expect(new Set(messageIds).size).toBe(COUNT);
    const arrivals = await stack.phones.arrivals({});
    const counts = messageIds.map((id) => arrivals.by_biz_opaque_callback_data[id] ?? 0);
    expect(counts.filter((count) => count !== 1)).toEqual([]);
    expect(arrivals.doubled).toEqual([]);
    const rows = await sql<{ text: string; count: number }[]>`
      select text, count(*)::int as count from messages where direction = 'inbound' and text like 'answer %' group by text`;
    expect(rows).toHaveLength(COUNT);
    expect(rows.filter(({ count }) => count !== 1)).toEqual([]);
    await Promise.all(clients.map((client) => client.close()));
  });

  it("leaves nothing in between", async () => {
    // The last of what people went on writing may just be on its way.
    await vi.waitFor(async () => {
      const [stuck] = await sql<{ messages: number; bodies: number; events: number }[]>`
      select
        (select count(*)::int from messages where status in ('queued', 'sending', 'unknown')) as messages,
        (select count(*)::int from webhook_inbox where state <> 'done') as bodies,
        (select count(*)::int from message_events where message_id is null) as events`;
      expect(stuck).toEqual({ messages: 0, bodies: 0, events: 0 });
    }, 20_000);
  });
});

/** Kills the server at even steps of the work's progress. It is started again each time. */
async function killAlong(progress: () => number): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const step = (kill * 2 * COUNT) / (KILLS + 1);
    await vi.waitFor(() => expect(progress()).toBeGreaterThanOrEqual(step), {
      timeout: 120_000,
      interval: 5,
    });
    // A server that is still coming back from the last one cannot be killed again.
    await until("a server to kill", 30_000, async () =>
      (await fetch(`${stack.origin}/health`)).ok ? true : undefined,
    );
    await stack.server.kill();
  }
}

const countKills = async (): Promise<number> =>
  stack.lines.filter((line) => line.startsWith("server ended (SIGKILL)")).length;

/** People go on writing meanwhile: silence is evidence only while webhooks flow. */
async function untilSettled(): Promise<void> {
  await vi.waitFor(
    async () => {
      await stack.phones.sendFromPerson(phoneOf(0), { type: "text", text: { body: "meanwhile" } });
      const [open] = await sql<{ count: number }[]>`
        select (select count(*) from messages where direction = 'outbound' and status <> 'delivered')::int
          + (select count(*) from webhook_inbox where state in ('received', 'processing'))::int as count`;
      expect(open?.count).toBe(0);
      expect((await stack.phones.webhooks({})).pending).toBe(0);
    },
    { timeout: 120_000, interval: 300 },
  );
}
