import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildStdio } from "../../../scripts/build-stdio";
import { connectThroughShim, type Host } from "./connect-through-shim";
import { createMcpServer, INBOX, type McpServer } from "./create-mcp-server";
import { until } from "./until";

let folder: string;
let file: string;
let server: McpServer;
const hosts: Host[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wamcp-stdio-"));
  const built = await buildStdio(join(folder, "built", "wamcp-stdio.mjs"));
  // Elsewhere, where no node_modules can help it.
  await mkdir(join(folder, "elsewhere"));
  file = join(folder, "elsewhere", "wamcp-stdio.mjs");
  await copyFile(built.file, file);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  server = await createMcpServer();
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map(({ client }) => client.close()));
  await server.kill();
});

const connect = async (env?: Record<string, string>, apiKey = server.apiKey): Promise<Host> => {
  const host = await connectThroughShim(file, { url: server.url, apiKey }, env);
  hosts.push(host);
  return host;
};

const subscribe = async (): Promise<Host> => {
  const host = await connect();
  await host.client.subscribeResource({ uri: INBOX });
  await until(() => expect(server.listeners()).toBe(1));
  return host;
};

/** Connected, with the push stream open. */
const settle = async (): Promise<Host> => {
  const host = await connect();
  await until(() => expect(server.streams()).toBe(1));
  return host;
};

const send = (host: Host, args: Record<string, unknown> = {}) =>
  host.client.callTool({ name: "send_message", arguments: { body: "hello", ...args } });

describe("the stdio shim, with the server up", () => {
  it("lists and calls tools in one session with the negotiated version", async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("send_message");
    const body = "x".repeat(3_000_000);
    const result = await client.callTool({ name: "list_numbers", arguments: { body } });
    expect(result.content).toEqual([{ type: "text", text: body }]);
    expect(server.seen.initializes).toBe(1);
    expect([...server.seen.versions]).toEqual(["2025-11-25"]);
  });

  it("passes all progress on", async () => {
    const { client } = await connect();
    const progress: number[] = [];
    const onprogress = (update: { progress: number }): void => void progress.push(update.progress);
    // A v1 client drops progress that it reads in one piece with the answer, so the server takes its time.
    server.onProgress = (step) => until(() => expect(progress).toHaveLength(step));
    await client.callTool({ name: "count" }, undefined, { onprogress });
    expect(progress).toEqual([1, 2, 3]);
  });

  it("passes a cancellation on", async () => {
    const { client } = await connect();
    const abort = new AbortController();
    const call = client.callTool({ name: "wait" }, undefined, { signal: abort.signal });
    await until(() => expect(server.seen.waits).toBe(1));
    abort.abort();
    await expect(call).rejects.toThrow("abort");
    await until(() => expect(server.seen.cancelled).toBe(1));
    await client.ping();
  });

  it("passes a push on", async () => {
    const host = await subscribe();
    await server.push();
    await until(() => expect(host.updates).toEqual([INBOX]));
  });

  it("carries a question of the server to the host and the answer back", async () => {
    const { client } = await connect();
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { sure: true } }));
    const result = await client.callTool({ name: "ask" });
    expect(result.content).toEqual([{ type: "text", text: '{"sure":true}' }]);
  });

  it("comes back for an answer when the server hangs up before it", async () => {
    await server.kill();
    server = await createMcpServer({ isResumable: true });
    const { client } = await connect();
    const result = await client.callTool({ name: "poll", arguments: { body: "later" } });
    expect(result.content).toEqual([{ type: "text", text: "later" }]);
  });

  it("explains a wrong key without showing it", async () => {
    const failure = await connect({}, "wamcp_live_wrong").catch((error: unknown) => error);
    expect(String(failure)).toContain("WAMCP_API_KEY");
    expect(String(failure)).not.toContain("wamcp_live_wrong");
  });
});

describe("the stdio shim, with the server restarting", () => {
  it("answers a call after a restart", async () => {
    const host = await settle();
    await server.kill();
    await server.start();
    expect((await send(host)).content).toEqual([{ type: "text", text: "hello" }]);
    expect(server.seen.sends).toBe(1);
    expect(server.seen.initializes).toBe(2);
    expect(host.stderr()).toContain("opening a new one");
    expect(host.stderr()).not.toContain(server.apiKey);
  });

  it("holds calls while the server is down, and opens one session for all of them", async () => {
    const host = await settle();
    await server.kill();
    const calls = [send(host), send(host), host.client.listTools(), host.client.ping()];
    // Down is what the shim has noticed, not what the test has ordered.
    await until(() => expect(host.stderr()).toContain("No push stream"));
    await server.start();
    await Promise.all(calls);
    expect(server.seen.sends).toBe(2);
    expect(server.seen.initializes).toBe(2);
  });

  it("connects to a server that starts later", async () => {
    await server.kill();
    const connecting = connect();
    await server.start();
    expect(await (await connecting).client.ping()).toEqual({});
  });

  it("subscribes again, says that something may have been missed, and gets the next push", async () => {
    const host = await subscribe();
    await server.kill();
    await server.start();
    await until(() => expect(host.updates).toEqual([INBOX]));
    await until(() => expect(server.listeners()).toBe(1));
    await server.push();
    await until(() => expect(host.updates).toEqual([INBOX, INBOX]));
  });

  it("never repeats a send that the server may have carried out", async () => {
    const host = await settle();
    server.onSend = () => server.kill();
    const outcome = send(host).catch((error: unknown) => error);
    await until(() => expect(server.seen.sends).toBe(1));
    server.onSend = () => undefined;
    await server.start();
    expect(await outcome).toMatchObject({
      code: -32001,
      message: expect.stringContaining("get_message_status"),
    });
    await host.client.ping();
    expect(server.seen.sends).toBe(1);
  });

  it("repeats a send that carries an idempotency key", async () => {
    const host = await settle();
    server.onSend = () => server.kill();
    const outcome = send(host, { idempotency_key: "once" });
    await until(() => expect(server.seen.sends).toBe(1));
    server.onSend = () => undefined;
    await server.start();
    expect((await outcome).content).toEqual([{ type: "text", text: "hello" }]);
    expect(server.seen.sends).toBe(2);
  });

  it("gives up in words when the server stays away", async () => {
    const host = await connect({ WAMCP_WAIT_MS: "300" });
    await server.kill();
    await expect(send(host)).rejects.toMatchObject({
      code: -32003,
      message: expect.stringContaining("was not carried out"),
    });
  });
});
