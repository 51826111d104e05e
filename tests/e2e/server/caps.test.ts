import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openDatabase, type Database } from "#db/client";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { systemClock } from "#server/utils/clock";
import { openCrowd, type CrowdAnswer } from "#tests/helpers/server/open-crowd";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";

const CALLS = 150;
const CAP = 100;
const DAY_LEFT_S = 60;
const TIMEOUT_MS = 180_000 + 2 * DAY_LEFT_S * 1_000;

let stack: TestStack;
let sql: Sql;
let database: Database;
let admin: AdminContext;
beforeAll(async () => {
  stack = await openTestStack({ servers: 2 });
  sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
  database = openDatabase({ url: stack.databaseUrl, maxConnections: 1 });
  const peppers = { current: { version: 1, secret: stack.secrets.pepper } };
  admin = { database, clock: systemClock, peppers };
});
afterAll(async () => {
  await database?.close();
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

let lastPerson = 16505700000;
const nextPerson = (): string => String((lastPerson += 1));
const nextSend = () => ({ to: `+${nextPerson()}`, body: "within the cap?" });
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

interface NewClient {
  readonly clientId: string;
  readonly keyIds: string[];
  readonly tokens: string[];
}

/** A client on the stack's number, with keys whose limits are far away. */
async function plantClient(name: string, keys = 1): Promise<NewClient> {
  const [number] = await sql<[{ id: string; meta_id: string }]>`
    select id, wa_phone_number_id as meta_id from phone_numbers`;
  const clientId = await createClient(admin, { name, displayName: name, isOwner: false });
  await grantNumber(admin, { clientId, phoneNumberId: number.id, recipientPolicy: "anyone" });
  const scopes = [
    "tools:ping",
    "tools:send_message",
    "tools:get_message_status",
    `numbers:${number.meta_id}`,
  ];
  const limits = { rpmLimit: 60_000, dailyMsgLimit: 60_000 };
  const minted = [];
  for (const label of times(keys, () => "crowd")) {
    minted.push(await mintApiKey(admin, { clientId, label, scopes, mode: "test", ...limits }));
  }
  return { clientId, keyIds: minted.map(({ id }) => id), tokens: minted.map(({ token }) => token) };
}

const count = (answers: readonly CrowdAnswer[], outcome: string): number =>
  answers.filter((answer) => answer.outcome === outcome).length;

async function callAtOnce(
  client: NewClient,
  tool: string,
  calls: Record<string, unknown>[],
): Promise<CrowdAnswer[]> {
  expect(stack.origins).toHaveLength(2);
  const crowd = await openCrowd(stack.origins, client.tokens);
  const answers = await crowd.callAtOnce(tool, calls);
  await crowd.close();
  return answers;
}

/** Waits for the next day (UTC) where this one is about to end: a daily cap begins anew then, which must not happen among the calls. */
async function keepOffMidnight(): Promise<void> {
  const isFarOff = async (): Promise<void> => {
    const [day] = await sql<[{ seconds: number }]>`
      select extract(epoch from date_trunc('day', now(), 'utc') + interval '24 hours' - now())::int as seconds`;
    expect(day.seconds).toBeGreaterThan(DAY_LEFT_S);
  };
  await vi.waitFor(isFarOff, { timeout: 2 * DAY_LEFT_S * 1_000, interval: 500 });
}

/** Waits until every message of a client has left, and tells how often each arrived on a phone. */
async function readArrivals({ clientId }: NewClient, expected: number): Promise<Record<string, number>> {
  const rows = await sql<{ id: string }[]>`select id from messages where client_id = ${clientId}`;
  const own = new Set(rows.map(({ id }) => id));
  const read = async () => {
    const { by_biz_opaque_callback_data: counts } = await stack.phones.arrivals({});
    return Object.fromEntries(Object.entries(counts).filter(([id]) => own.has(id)));
  };
  await vi.waitFor(
    async () => {
      const [row] = await sql<[{ count: number }]>`
        select count(*)::int as count from messages
        where client_id = ${clientId} and status in ('accepted', 'sent', 'delivered', 'read')`;
      expect(row.count).toBe(expected);
      expect(Object.keys(await read()).length).toBe(expected);
    },
    { timeout: 120_000, interval: 250 },
  );
  return read();
}

/** Sets a cap of `CAP` messages a day where the case says. */
const CAPS: [string, number, (client: NewClient) => Promise<unknown>][] = [
  ["key", 1, ({ keyIds }) => sql`update api_keys set daily_msg_limit = ${CAP} where id = any(${keyIds})`],
  [
    "client",
    2,
    ({ clientId }) => sql`update clients set policy = ${sql.json({ daily_cap: CAP })} where id = ${clientId}`,
  ],
  ["grant", 2, ({ clientId }) => sql`update grants set daily_cap = ${CAP} where client_id = ${clientId}`],
];

describe("two servers on one database, and 150 simultaneous calls", () => {
  it.each(CAPS)(
    "let exactly 100 sends through the daily cap of a %s, and exactly these arrive",
    async (scope, keys, setCap) => {
      const client = await plantClient(`${scope}-capped`, keys);
      await setCap(client);
      await keepOffMidnight();
      const answers = await callAtOnce(client, "send_message", times(CALLS, nextSend));
      expect([count(answers, "ok"), count(answers, "rate_limited")]).toEqual([CAP, CALLS - CAP]);
      for (const { content } of answers.filter(({ outcome }) => outcome !== "ok")) {
        expect(content.error).toMatchObject({
          code: "rate_limited",
          retryable: true,
          retry_after_s: expect.any(Number) as number,
          details: { limit: `${scope}_daily`, cap: CAP },
        });
        const { retry_after_s: seconds } = content.error as { retry_after_s: number };
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }
      const sent = answers.flatMap(({ content }) => (content.message_id ? [String(content.message_id)] : []));
      const rows = await sql<{ id: string }[]>`select id from messages where client_id = ${client.clientId}`;
      expect(rows.map(({ id }) => id).toSorted()).toEqual(sent.toSorted());
      const [usage] = await sql<[{ sends: number }]>`
        select sends from usage_daily where scope = 'client' and subject_id = ${client.clientId}`;
      expect(usage.sends).toBe(CAP);
      const arrivals = await readArrivals(client, CAP);
      expect(arrivals).toEqual(Object.fromEntries(sent.map((id) => [id, 1])));
    },
    TIMEOUT_MS,
  );

  it(
    "let exactly 100 calls a minute through the limit of a key",
    async () => {
      const client = await plantClient("rpm-limited");
      await sql`update api_keys set rpm_limit = ${CAP} where id = any(${client.keyIds})`;
      const answers = await callAtOnce(
        client,
        "ping",
        times(CALLS, () => ({})),
      );
      expect([count(answers, "ok"), count(answers, "rate_limited")]).toEqual([CAP, CALLS - CAP]);
      for (const { content } of answers.filter(({ outcome }) => outcome !== "ok")) {
        const { retry_after_s: seconds, details } = content.error as Record<string, unknown>;
        expect(details).toMatchObject({ limit: "key_rpm", per_minute: CAP });
        expect(Number(seconds)).toBeGreaterThan(0);
        expect(Number(seconds)).toBeLessThanOrEqual(61);
      }
      const [audited] = await sql<[{ count: number }]>`
        select count(*)::int as count from audit_log where action = 'tool.ping' and client_id = ${client.clientId}`;
      expect(audited.count).toBe(CALLS);
    },
    TIMEOUT_MS,
  );
});

describe("a place in a daily cap", () => {
  it(
    "is free again after a send that fails for good",
    async () => {
      const client = await plantClient("refunded");
      await sql`update api_keys set daily_msg_limit = 1 where id = any(${client.keyIds})`;
      await keepOffMidnight();
      const stranger = nextPerson();
      await stack.phones.putContact({ wa_id: stranger, registered: false });
      const [failing] = await callAtOnce(client, "send_message", [
        { to: `+${stranger}`, body: "nobody there" },
      ]);
      expect(failing?.outcome).toBe("ok");
      const messageId = String(failing?.content.message_id);
      await vi.waitFor(
        async () => {
          const [row] = await sql<[{ status: string; error: unknown }]>`
            select status, error from messages where id = ${messageId}`;
          expect(row.status).toBe("failed");
          expect(JSON.stringify(row.error)).toContain("131026");
        },
        { timeout: 60_000, interval: 100 },
      );
      const more = await callAtOnce(client, "send_message", times(3, nextSend));
      expect([count(more, "ok"), count(more, "rate_limited")]).toEqual([1, 2]);
      const [usage] = await sql<[{ sends: number }]>`
        select sends from usage_daily where scope = 'key' and subject_id = any(${client.keyIds})`;
      expect(usage.sends).toBe(1);
    },
    TIMEOUT_MS,
  );
});
