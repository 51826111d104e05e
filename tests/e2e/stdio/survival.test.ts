import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { PHONE_NUMBER_ID } from "#dev/stack/stack-environment";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { connectThroughShim, type Host } from "./connect-through-shim";
import { createMcpServer } from "./create-mcp-server";
import { createProxy } from "./create-proxy";
import { untilSessionEnded } from "./until-session-ended";

const ADA = "16505551234";
const URIS = ["wamcp://inbox", `wamcp://numbers/${PHONE_NUMBER_ID}/messages`];
const PATIENCE = { timeout: 40_000, interval: 20 };
// The server is killed and comes back, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });
// What the kill struck is taken up again: events that were being handed over after 30 s; an attempt that was being made after
// SEND_TIMEOUT_MS, 10 s and SETTLE_AFTER_MS of silence, which means something only while people go on writing.
const OUTLAST_KILL = { timeout: 90_000, interval: 200 };
const SERVER_ENV = { SEND_TIMEOUT_MS: "5000", SETTLE_AFTER_MS: "10000" };

let stack: TestStack;
const endings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  stack = await openTestStack({ serverEnv: SERVER_ENV });
});
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});
afterAll(() => stack?.stop());

const connect = async (url = stack.mcpUrl, apiKey = stack.apiKey): Promise<Host> => {
  const host = await connectThroughShim(stack.shimFile, { url, apiKey });
  endings.push(() => host.client.close());
  return host;
};

const connectBehindProxy = async () => {
  const proxy = await createProxy(stack.mcpUrl);
  endings.push(() => proxy.close());
  return { proxy, host: await connect(proxy.url) };
};

const restartServer = async (): Promise<void> => {
  await stack.server.kill();
  await vi.waitFor(async () => expect((await fetch(`${stack.origin}/ready`)).ok).toBe(true), PATIENCE);
};

const write = (text: string) => stack.phones.sendFromPerson(ADA, { type: "text", text: { body: text } });

/** How often a text of ours arrived on the phone. */
const arrivals = async (body: string): Promise<number> => {
  const { messages } = await stack.phones.arrivals({});
  return messages.filter(({ text }) => text === body).length;
};

const countOf = (uri: string, { updates }: Host): number => updates.filter((each) => each === uri).length;

const expectUpdated = (host: Host, times: (uri: string) => number): Promise<void> =>
  vi.waitFor(() => {
    for (const uri of URIS) expect(countOf(uri, host)).toBeGreaterThanOrEqual(times(uri));
  }, PATIENCE);

// One test for each row of the table of what a shim must survive.
describe("the shim and the built server", () => {
  it("lists and calls", async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("wait_for_messages");
    expect(await callTool(client, "list_numbers")).toHaveProperty("numbers");
  });

  it("passes progress on, one for one", async () => {
    const server = await createMcpServer();
    endings.push(() => server.kill());
    const { client } = await connect(server.url, server.apiKey);
    const seen: number[] = [];
    // A v1 client drops progress that it reads in one piece with the answer, so the server takes its time.
    server.onProgress = (step) => vi.waitFor(() => expect(seen).toHaveLength(step), PATIENCE);
    const onprogress = ({ progress }: { progress: number }): void => void seen.push(progress);
    await client.callTool({ name: "count" }, undefined, { onprogress });
    expect(seen).toEqual([1, 2, 3]);
  });

  it("passes resources/updated on", async () => {
    const host = await connect();
    for (const uri of URIS) await host.client.subscribeResource({ uri });
    await write("Hello");
    await expectUpdated(host, () => 1);
  });

  it("carries a cancellation to the server", async () => {
    const sql = postgres(stack.databaseUrl, { max: 1 });
    endings.push(() => sql.end({ timeout: 5 }));
    const { proxy, host } = await connectBehindProxy();
    const { cursor } = await callTool(host.client, "wait_for_messages", { timeout_s: 0, limit: 100 });
    const countWaits = async (): Promise<number> => {
      const rows = await sql`select 1 from audit_log where action = 'tool.wait_for_messages'`;
      return rows.length;
    };
    const before = await countWaits();
    const abort = new AbortController();
    const request = { name: "wait_for_messages", arguments: { cursor, timeout_s: 110 } };
    const call = host.client.callTool(request, undefined, { signal: abort.signal });
    const waiting = (): boolean => proxy.passages.some(({ body }) => body.includes('"timeout_s":110'));
    await vi.waitFor(() => expect(waiting()).toBe(true), PATIENCE);
    abort.abort();
    await expect(call).rejects.toThrow("abort");
    const isCancelled = (): boolean =>
      proxy.passages.some(({ body }) => body.includes("notifications/cancelled"));
    await vi.waitFor(() => expect(isCancelled()).toBe(true), PATIENCE);
    // The server records a call when it ends: this one would have taken 110 s.
    await vi.waitFor(async () => expect(await countWaits()).toBe(before + 1), PATIENCE);
  });

  it("has a call that was made while the server is down answered after its restart", async () => {
    const { client } = await connect();
    await stack.server.kill();
    expect(await callTool(client, "list_numbers")).toHaveProperty("numbers");
  });

  it("has a call answered after a restart", async () => {
    const { client } = await connect();
    await restartServer();
    expect(await callTool(client, "list_numbers")).toHaveProperty("numbers");
  });

  it("passes pushes on after a restart, and says at most once of each subscription that it may be out of date", async () => {
    const host = await connect();
    for (const uri of URIS) await host.client.subscribeResource({ uri });
    await restartServer();
    await callTool(host.client, "list_numbers");
    const synthesized = URIS.map((uri) => countOf(uri, host));
    expect(Math.max(...synthesized)).toBeLessThanOrEqual(1);
    const before = new Map(URIS.map((uri) => [uri, countOf(uri, host)]));
    await write("After the restart");
    await expectUpdated(host, (uri) => (before.get(uri) ?? 0) + 1);
  });

  it("tells what changed while the server was down", async () => {
    const host = await connect();
    for (const uri of URIS) await host.client.subscribeResource({ uri });
    await write("Before the outage");
    await expectUpdated(host, () => 1);
    const before = new Map(URIS.map((uri) => [uri, countOf(uri, host)]));
    await stack.server.kill();
    await write("During the outage");
    await expectUpdated(host, (uri) => (before.get(uri) ?? 0) + 1);
  });

  it("exits when stdin closes, and ends its session", async () => {
    const { proxy, host } = await connectBehindProxy();
    await host.client.close();
    const isRunning = (): boolean => {
      try {
        return process.kill(host.pid, 0);
      } catch {
        return false;
      }
    };
    await vi.waitFor(() => expect(isRunning()).toBe(false), PATIENCE);
    await untilSessionEnded(stack, proxy);
  });

  it("does not repeat a send whose answer was lost with the server", async () => {
    const { proxy, host } = await connectBehindProxy();
    proxy.loseAnswerTo("send_message", stack.server.kill);
    const args = { to: `+${ADA}`, body: "once, without a key" };
    const outcome = host.client.callTool({ name: "send_message", arguments: args });
    await expect(outcome).rejects.toMatchObject({ code: -32001 });
    await vi.waitFor(async () => {
      await write("Still there");
      expect(await arrivals(args.body)).toBe(1);
    }, OUTLAST_KILL);
    await callTool(host.client, "list_numbers");
    expect(proxy.passages.filter(({ body }) => body.includes(args.body))).toHaveLength(1);
    expect(await arrivals(args.body)).toBe(1);
  });

  it("repeats a send with an idempotency key, and it arrives once", async () => {
    const { proxy, host } = await connectBehindProxy();
    proxy.loseAnswerTo("send_message", stack.server.kill);
    const args = { to: `+${ADA}`, body: "once, with a key", idempotency_key: "survival" };
    const { message_id: id } = await callTool(host.client, "send_message", args);
    await vi.waitFor(async () => {
      await write("Still there");
      const { status } = await callTool(host.client, "get_message_status", { message_id: id });
      expect(status).toBe("delivered");
    }, OUTLAST_KILL);
    expect(proxy.passages.filter(({ body }) => body.includes(args.body)).length).toBeGreaterThan(1);
    expect(await arrivals(args.body)).toBe(1);
  });

  it("connects, and reports how long that took", async ({ annotate }) => {
    const startedAt = performance.now();
    const { client } = await connect();
    await annotate(
      `connected in ${Math.round(performance.now() - startedAt)} ms, the start of the process included`,
    );
    expect(client.getServerVersion()?.name).toBe("whatsapp-mcp-server");
  });
});
