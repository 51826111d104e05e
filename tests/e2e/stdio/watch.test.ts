import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { createProxy, type Proxy } from "./create-proxy";
import { spawnWatch, type Watch } from "./spawn-watch";
import { untilSessionEnded } from "./until-session-ended";

const PATIENCE = { timeout: 40_000, interval: 20 };
// The server is killed and comes back, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });
const ADA = "16505551234";
const BEN = "16505556789";

let stack: TestStack;
let proxy: Proxy;
const watches: Watch[] = [];

beforeAll(async () => {
  stack = await openTestStack();
  proxy = await createProxy(stack.mcpUrl);
});
afterEach(() => {
  for (const { child } of watches.splice(0)) child.kill("SIGKILL");
  proxy.passages.length = 0;
});
afterAll(async () => {
  await proxy?.close();
  await stack?.stop();
});

const write = (person: string, body: string) =>
  stack.phones.sendFromPerson(person, { type: "text", text: { body } });

/** Starts a watch and waits until it waits for messages. */
const watch = async (args: string[] = []): Promise<Watch> => {
  const started = spawnWatch(stack.shimFile, { url: proxy.url, apiKey: stack.apiKey }, args);
  watches.push(started);
  const isWaiting = (): boolean => proxy.passages.some(({ body }) => body.includes('"timeout_s":45'));
  await vi.waitFor(() => expect(isWaiting(), started.stderr()).toBe(true), PATIENCE);
  return started;
};

interface Line {
  readonly id: string;
  readonly conversation_id: string;
  readonly phone_number_id: string;
  readonly untrusted_text: string;
}
const parse = ({ lines }: Watch): Line[] => lines.map((line) => JSON.parse(line) as Line);
const texts = (of: Watch): string[] => parse(of).map(({ untrusted_text: text }) => text);
const expectTexts = (of: Watch, expected: string[]): Promise<void> =>
  vi.waitFor(() => expect(texts(of)).toEqual(expected), PATIENCE);

const listMessages = async (): Promise<Record<string, unknown>[]> => {
  const client = await connectHttp(stack);
  const { messages } = await callTool(client, "get_messages", { direction: "inbound", limit: 100 });
  await client.close();
  return messages as Record<string, unknown>[];
};

describe("wamcp-stdio watch, on the built server", () => {
  it("prints each message once, in order, across a kill of the server, and ends on SIGTERM", async () => {
    await write(ADA, "before the watch");
    await vi.waitFor(async () => expect(await listMessages()).toHaveLength(1), PATIENCE);
    const watching = await watch();
    await write(ADA, "alpha\nwith a second line");
    await expectTexts(watching, ["alpha\nwith a second line"]);
    await stack.server.kill();
    await write(ADA, "bravo");
    await expectTexts(watching, ["alpha\nwith a second line", "bravo"]);
    await write(BEN, "charlie");
    await expectTexts(watching, ["alpha\nwith a second line", "bravo", "charlie"]);
    const seen = await listMessages();
    const first = seen.find(({ untrusted_text: text }) => text === "alpha\nwith a second line");
    expect(parse(watching)[0]).toEqual(first);
    watching.child.kill("SIGTERM");
    expect(await watching.exitCode()).toBe(0);
    expect(watching.stderr()).not.toMatch(/alpha|bravo|charlie|1650555/);
  });

  it("begins with what is unread, and keeps to one conversation", async () => {
    const ben = (await listMessages()).find(({ untrusted_text: text }) => text === "charlie");
    const conversationId = String(ben?.conversation_id);
    const watching = await watch(["--since", "unread", "--conversation", conversationId]);
    await expectTexts(watching, ["charlie"]);
    await write(ADA, "not for this watch");
    await write(BEN, "delta");
    await expectTexts(watching, ["charlie", "delta"]);
    watching.child.kill("SIGINT");
    expect(await watching.exitCode()).toBe(0);
  });

  it("keeps to one number", async () => {
    const [any] = await listMessages();
    const watching = await watch(["--number", String(any?.phone_number_id)]);
    await write(ADA, "echo");
    await expectTexts(watching, ["echo"]);
  });

  it("ends when nobody reads its output", async () => {
    const watching = await watch();
    watching.child.stdout.destroy();
    await write(ADA, "into the void");
    expect(await watching.exitCode()).toBe(0);
  });

  it("ends its session on the way out", async () => {
    const watching = await watch();
    watching.child.kill("SIGTERM");
    expect(await watching.exitCode()).toBe(0);
    await untilSessionEnded(stack, proxy);
  });

  it.each([
    ["a key that is not accepted", [], { WAMCP_API_KEY: "wamcp_live_wrong" }, "WAMCP_API_KEY"],
    [
      "a server that is not there",
      [],
      { WAMCP_URL: "http://127.0.0.1:2/mcp", WAMCP_WAIT_MS: "100" },
      "WAMCP_URL",
    ],
    ["a number that the key may not use", ["--number", "1"], {}, "refuses"],
  ])("exits with 1 for %s, and prints nothing", async (_, args, env, words) => {
    const watching = spawnWatch(stack.shimFile, { url: proxy.url, apiKey: stack.apiKey }, args, env);
    watches.push(watching);
    expect(await watching.exitCode()).toBe(1);
    expect(watching.stderr()).toContain(words);
    expect(watching.stderr()).not.toContain("wamcp_live_wrong");
    expect(watching.lines).toEqual([]);
  });

  it.each([
    ["a wrong option", ["--since", "yesterday"], {}],
    ["no address", [], { WAMCP_URL: "" }],
  ])("exits with 2 for %s", async (_, args, env) => {
    const watching = spawnWatch(stack.shimFile, { url: proxy.url, apiKey: stack.apiKey }, args, env);
    watches.push(watching);
    expect(await watching.exitCode()).toBe(2);
    await vi.waitFor(() => expect(watching.stderr()).toContain("Usage"), PATIENCE);
    expect(watching.lines).toEqual([]);
  });
});
