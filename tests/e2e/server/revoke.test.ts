import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import postgres, { type Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { measureShortest } from "./measure-shortest";

const WAIT_S = 60;
const ENDED_WITHIN_MS = 1_000;
const TIMEOUT_MS = 120_000;
const REFUSED_WITHIN = { timeout: 15_000, interval: 250 };

let stack: TestStack;
let sql: Sql;
const clients: Client[] = [];
beforeAll(async () => {
  stack = await openTestStack({ servers: 2 });
  sql = postgres(stack.databaseUrl, { max: 1 });
});
afterEach(startOver);
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await stack?.stop();
});

async function startOver(): Promise<void> {
  await sql`update api_keys set revoked_at = null`;
  await sql`update clients set disabled_at = null`;
  await Promise.all(clients.splice(0).map((client) => client.close()));
}

/** An agent at one server that streams and waits. */
interface Listener {
  readonly origin: string;
  /** Everything that was heard until the stream and the wait ended. */
  readonly heard: Promise<string>[];
}

/** Connects the SDK's client to one server, and has it stream and wait. */
async function listenAt(origin: string): Promise<Listener> {
  const streams: Promise<string>[] = [];
  const waits: Promise<string>[] = [];
  const client = new Client({ name: "revoke-test", version: "1" });
  clients.push(client);
  const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${stack.apiKey}` } },
    // What has ended stays ended: attempts to come back would count as attempts to get in.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
    fetch: async (url, init) => {
      const answer = fetch(url, init);
      const text = answer.then((response) => response.clone().text()).catch(() => "cut");
      // The answer to a wait begins when it has something to say; a stream has begun when it is answered.
      if (String(init?.body).includes(`"timeout_s":${WAIT_S}`)) waits.push(text);
      if (init?.method === "GET" && (await answer).ok) streams.push(text);
      return answer;
    },
  });
  await client.connect(transport as Transport);
  await client.subscribeResource({ uri: "wamcp://inbox" });
  // So that the wait does not end at once with what an earlier test left unread.
  const { structuredContent } = await client.callTool({
    name: "wait_for_messages",
    arguments: { timeout_s: 0 },
  });
  const { cursor } = structuredContent as { cursor: string };
  const waiting = client.callTool({ name: "wait_for_messages", arguments: { timeout_s: WAIT_S, cursor } });
  // How it ends for the SDK depends on whether its answer still got through.
  waiting.catch(() => {});
  await vi.waitFor(
    () => expect([streams, waits]).toMatchObject([[expect.anything()], [expect.anything()]]),
    10_000,
  );
  // Answered after it, so the wait has begun.
  await client.callTool({ name: "ping", arguments: {} });
  return { origin, heard: [...streams, ...waits] };
}

const ask = (origin: string): Promise<Response> =>
  fetch(`${origin}/mcp`, {
    method: "POST",
    headers: { authorization: `Bearer ${stack.apiKey}`, "content-type": "application/json" },
    body: "{}",
  });

describe("access that ends while agents stream and wait at two servers", () => {
  it.each([
    ["the key is revoked", () => sql`update api_keys set revoked_at = now()`],
    ["the client is disabled", () => sql`update clients set disabled_at = now()`],
  ])("ends streams and waits at both within a second when %s", { timeout: TIMEOUT_MS }, async (what, end) => {
    expect(stack.origins).toHaveLength(2);
    let attempt = 0;
    const tookMs = await measureShortest(ENDED_WITHIN_MS, async () => {
      await startOver();
      const listeners = await Promise.all(stack.origins.map(listenAt));
      const endings = listeners.flatMap(({ heard }) => heard);
      expect(endings).toHaveLength(4);

      const endedMs = performance.now();
      await end();
      await Promise.all(endings);
      const elapsedMs = performance.now() - endedMs;

      const body = `not to be heard once ${what}: ${(attempt += 1)}`;
      await stack.phones.sendFromPerson("16505551234", { type: "text", text: { body } });
      // Until it is there: nobody should hear it late, when the key is good again.
      await vi.waitFor(
        async () => expect(await sql`select 1 from messages where text = ${body}`).toHaveLength(1),
        20_000,
      );
      for (const heard of await Promise.all(endings)) expect(heard).not.toContain(body);
      return elapsedMs;
    });
    expect(tookMs).toBeLessThan(ENDED_WITHIN_MS);
    for (const origin of stack.origins) expect((await ask(origin)).status).toBe(401);
  });
});

describe("the old key of a rotation", () => {
  it("is refused at both servers when its grace is over, although it is cached", async () => {
    await sql`update api_keys set expires_at = now() + interval '10 seconds'`;
    // Let in, without a session; and cached for 30 s, which is longer than it is good.
    for (const origin of stack.origins) {
      await vi.waitFor(async () => expect((await ask(origin)).status).toBe(400), 10_000);
    }
    // Before the cache would let go of it by itself.
    for (const origin of stack.origins) {
      await vi.waitFor(async () => expect((await ask(origin)).status).toBe(401), REFUSED_WITHIN);
    }
    const [row] = await sql<[{ reason: string }]>`
      select detail ->> 'reason' as reason from audit_log where action = 'auth.refused' order by id desc limit 1`;
    expect(row.reason).toBe("expired");
  });
});
