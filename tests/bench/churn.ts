import postgres from "postgres";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { until } from "#dev/stack/until";
import { openRawSession } from "./raw-session";
import { readMemory, type Memory } from "./read-memory";
import type { BenchStack } from "./open-bench-stack";

const ROUNDS = 10_000;
const PARTS = 4;
const WARM_UP = 500;
const AT_ONCE = 10;
const SETTLE_TIMEOUT_MS = 30_000;

/**
 * Connects and disconnects in every way there is: sessions that are ended and sessions that are cut, streams of both eras,
 * calls that are left. Nothing of it may stay.
 */
export async function measureChurn(stack: BenchStack): Promise<string[]> {
  await churn(stack, WARM_UP);
  const before = await settle(stack);
  const heaps: string[] = [];
  let after = before;
  for (let part = 0; part < PARTS; part += 1) {
    await churn(stack, ROUNDS / PARTS);
    after = await settle(stack);
    heaps.push(inMegabytes(after));
  }
  return [
    `${ROUNDS} connects and disconnects: heap ${inMegabytes(before)} MB before, ${heaps.join(", ")} MB after each ${ROUNDS / PARTS}`,
    `  kept busy before by ${describe(before)}`,
    `  and after by        ${describe(after)}`,
    `  sessions left in the database: ${await countSessions(stack)}`,
  ];
}

const inMegabytes = ({ heapBytes }: Memory): string => (heapBytes / 1e6).toFixed(2);

async function churn(stack: BenchStack, rounds: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let round = next++; round < rounds; round = next++) await connectOnce(stack, round);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function connectOnce(stack: BenchStack, round: number): Promise<void> {
  const stop = new AbortController();
  if (round % 4 === 3) {
    const client = await connectModern(stack);
    await client.listen({ resourceSubscriptions: ["wamcp://inbox"] });
    const waiting = client.callTool(
      { name: "wait_for_messages", arguments: { timeout_s: 60 } },
      { signal: stop.signal },
    );
    waiting.catch(() => {});
    stop.abort();
    await client.close();
    return;
  }
  const session = await openRawSession(stack);
  await session.call("resources/subscribe", { uri: "wamcp://inbox" });
  await session.stream(stop.signal);
  // One is ended while it streams, one is cut and then ended, one is cut before it ends.
  if (round % 4 !== 0) stop.abort();
  await session.end();
  stop.abort();
}

// Sockets of clients that have left close a moment later.
async function settle(stack: BenchStack): Promise<Memory> {
  let last = await readMemory(stack);
  return until("the server to be quiet", SETTLE_TIMEOUT_MS, async () => {
    const now = await readMemory(stack);
    const isQuiet = describe(now) === describe(last);
    last = now;
    return isQuiet ? now : undefined;
  });
}

function describe({ resources }: Memory): string {
  return JSON.stringify(Object.fromEntries(Object.entries(resources).toSorted()));
}

async function countSessions({ databaseUrl }: BenchStack): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 });
  const [row] = await sql<[{ count: number }]>`select count(*)::int as count from mcp_sessions`;
  await sql.end({ timeout: 5 });
  return row.count;
}
