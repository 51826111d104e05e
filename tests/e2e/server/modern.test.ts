import { Client, StreamableHTTPClientTransport, type McpSubscription } from "@modelcontextprotocol/client";
import postgres, { type Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { connectModern } from "#tests/helpers/clients/connect-modern";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { measureShortest } from "./measure-shortest";

const INBOX = "wamcp://inbox";
/** Within which a message is heard of, and access has ended. */
const PROMISED_MS = 1_000;
// Before the server looks for webhooks that were left lying, which is not how these are to be heard of.
const HEARD_WITHIN_MS = 10_000;
// After which a server ends whatever is left: STOP_MS of stop-server.ts.
const STOPPED_WITHIN_MS = 9_000;
vi.setConfig({ testTimeout: 120_000 });

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
  await Promise.all(clients.splice(0).map((client) => client.close()));
}

interface Arrivals {
  readonly cursor: string;
  readonly messages: readonly unknown[];
}

/** An agent of MCP 2026-07-28 at one server, that listens and waits. */
interface Agent {
  readonly client: Client;
  readonly subscription: McpSubscription;
  /** The uris that it was told of. */
  readonly heard: string[];
  /** How its wait ends: with messages, or why not. */
  readonly waiting: Promise<string>;
}

async function openAgent(origin: string): Promise<Agent> {
  const client = await connectModern({ mcpUrl: `${origin}/mcp`, apiKey: stack.apiKey });
  clients.push(client);
  const heard: string[] = [];
  client.setNotificationHandler(
    "notifications/resources/updated",
    ({ params }) => void heard.push(params.uri),
  );
  const subscription = await client.listen({ resourceSubscriptions: [INBOX] });
  const first = await client.callTool({ name: "wait_for_messages", arguments: { timeout_s: 0, limit: 100 } });
  const { cursor } = first.structuredContent as { cursor: string };
  const call = { name: "wait_for_messages", arguments: { timeout_s: 60, cursor } };
  const waiting = client.callTool(call).then(
    ({ structuredContent }) => JSON.stringify(structuredContent),
    (error: unknown) => `ended: ${String(error)}`,
  );
  // Answered after it, so the wait has begun.
  await client.callTool({ name: "ping", arguments: {} });
  return { client, subscription, heard, waiting };
}

const openAgents = (): Promise<Agent[]> => Promise.all(stack.origins.map(openAgent));

async function untilReady(origin: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${origin}/ready`)).ok).toBe(true), 20_000);
}

describe("agents of MCP 2026-07-28 at two servers", () => {
  it("hear of a message at both within a second, and their waits return it", async () => {
    const tookMs = await measureShortest(PROMISED_MS, async () => {
      await startOver();
      const agents = await openAgents();
      const body = `hello at ${Date.now()}`;
      await stack.phones.sendFromPerson("16505551234", { type: "text", text: { body } });
      const sentMs = performance.now();
      for (const { heard, waiting } of agents) {
        await vi.waitFor(() => expect(heard).toContain(INBOX), HEARD_WITHIN_MS);
        expect(await waiting).toContain(body);
      }
      return performance.now() - sentMs;
    });
    expect(tookMs).toBeLessThan(PROMISED_MS);
  });

  it("have their streams and waits ended at both within a second when the key is revoked", async () => {
    const tookMs = await measureShortest(PROMISED_MS, async () => {
      await startOver();
      const agents = await openAgents();
      const revokedMs = performance.now();
      await sql`update api_keys set revoked_at = now()`;
      for (const { subscription, waiting } of agents) {
        expect(await subscription.closed).toBe("graceful");
        expect(await waiting).toContain("ended");
      }
      return performance.now() - revokedMs;
    });
    expect(tookMs).toBeLessThan(PROMISED_MS);
  });

  it("are told when one server stops, whose calls that wait answer, and go on there afterwards", async () => {
    const [stopping, other] = await openAgents();
    const sending = stopping?.client.callTool({
      name: "send_message",
      arguments: { to: "16505554321", body: "read me", wait_for: "read", timeout_s: 60 },
    });
    await vi.waitFor(async () => {
      const [row] = await sql`select status from messages where text = 'read me'`;
      expect(row?.status).toBe("delivered");
    }, 20_000);
    const stoppedMs = performance.now();
    const stopped = stack.servers[0]?.terminate();
    // Not before a proxy goes elsewhere, or the reader would come back to the server that stops.
    expect(await stopping?.subscription.closed).toBe("graceful");
    expect(performance.now() - stoppedMs).toBeLessThan(STOPPED_WITHIN_MS);
    const { cursor, messages } = JSON.parse(String(await stopping?.waiting)) as Arrivals;
    expect([cursor, messages]).toEqual([expect.any(String), []]);
    // As it was seen last.
    const status: unknown = expect.stringMatching(/^(accepted|sent|delivered)$/);
    expect((await sending)?.structuredContent).toMatchObject({ status });
    expect(performance.now() - stoppedMs).toBeLessThan(STOPPED_WITHIN_MS);
    const body = "while one of them stops";
    await stack.phones.sendFromPerson("16505551234", { type: "text", text: { body } });
    await vi.waitFor(() => expect(other?.heard).toContain(INBOX), 10_000);
    await stopped;
    await untilReady(String(stack.origins[0]));
    const call = { name: "wait_for_messages", arguments: { timeout_s: 60, cursor } };
    const next = await stopping?.client.callTool(call);
    expect(JSON.stringify(next?.structuredContent)).toContain(body);
    expect(await stopping?.client.callTool({ name: "ping", arguments: {} })).toMatchObject({
      structuredContent: { ok: true },
    });
  });

  it("approve at one server what they were asked at the other", async () => {
    await sql`update grants set confirm_policy = 'always'`;
    let turn = 0;
    const origins: string[] = [];
    const transport = new StreamableHTTPClientTransport(new URL(`${stack.origins[0]}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${stack.apiKey}` } },
      // Every request at the other server.
      fetch: (_, init) => {
        const origin = String(stack.origins[turn++ % 2]);
        if (String(init?.body).includes("tools/call")) origins.push(origin);
        return fetch(`${origin}/mcp`, init);
      },
    });
    const client = new Client(
      { name: "asking", version: "1" },
      {
        versionNegotiation: { mode: { pin: "2026-07-28" } },
        capabilities: { elicitation: { form: {} } },
      },
    );
    clients.push(client);
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: {} }));
    await client.connect(transport);
    const sent = await client.callTool({
      name: "send_message",
      arguments: { to: "+16505554321", body: "approved elsewhere" },
    });
    expect(sent.structuredContent).toMatchObject({ status: "queued" });
    expect(new Set(origins).size).toBe(2);
    const { message_id: id } = sent.structuredContent as { message_id: string };
    await vi.waitFor(async () => {
      const [row] = await sql<[{ status: string }]>`select status from messages where id = ${id}`;
      expect(row.status).toBe("delivered");
    }, 20_000);
    const { doubled } = await stack.phones.arrivals({});
    expect(doubled).toEqual([]);
    await sql`update grants set confirm_policy = 'never'`;
  });
});
