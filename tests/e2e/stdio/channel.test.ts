import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { callTool } from "#dev/check/call-tool";
import { connectHttp } from "#dev/check/connect-client";
import { openTestStack, type TestStack } from "#tests/helpers/stack/open-test-stack";
import { connectThroughShim, type Host } from "./connect-through-shim";
import { createProxy, type Proxy } from "./create-proxy";

const PATIENCE = { timeout: 40_000, interval: 20 };
// The server is killed and comes back, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });
// What the kill struck is taken up again: events that were being handed over after 30 s; an attempt that was being made after
// SEND_TIMEOUT_MS, 10 s and SETTLE_AFTER_MS of silence, which means something only while people go on writing.
const OUTLAST_KILL = { timeout: 90_000, interval: 200 };
const SERVER_ENV = { SEND_TIMEOUT_MS: "5000", SETTLE_AFTER_MS: "10000" };
const ADA = "16505551234";
const BEN = "16505556789";

let stack: TestStack;
let proxy: Proxy;
let ada: string;
const hosts: Host[] = [];

const write = (person: string, body: string) =>
  stack.phones.sendFromPerson(person, { type: "text", text: { body } });

/** The contact_id of whoever wrote this. */
const findAuthor = async (text: string): Promise<string> => {
  const client = await connectHttp(stack);
  const author = await vi.waitFor(async () => {
    const { messages } = await callTool(client, "get_messages", { direction: "inbound" });
    const found = (messages as Record<string, unknown>[]).find((each) => each.untrusted_text === text);
    if (found === undefined) throw new Error(`nobody wrote ${text}`);
    return String(found.contact_id);
  }, PATIENCE);
  await client.close();
  return author;
};

beforeAll(async () => {
  stack = await openTestStack({ serverEnv: SERVER_ENV });
  proxy = await createProxy(stack.mcpUrl);
  await write(ADA, "before the session");
  ada = await findAuthor("before the session");
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(({ client }) => client.close()));
  proxy.passages.length = 0;
});
afterAll(async () => {
  await proxy?.close();
  await stack?.stop();
});

interface Session extends Host {
  /** Params of the notifications of this method so far. */
  got(method: string): Record<string, unknown>[];
}

const open = async (env: Record<string, string>): Promise<Session> => {
  const host = await connectThroughShim(stack.shimFile, { url: proxy.url, apiKey: stack.apiKey }, env);
  hosts.push(host);
  const seen: { readonly method: string; readonly params?: Record<string, unknown> | undefined }[] = [];
  host.client.fallbackNotificationHandler = async (notification) => void seen.push(notification);
  return {
    ...host,
    got: (method) => seen.filter((each) => each.method === method).map(({ params }) => params ?? {}),
  };
};

const untilWaiting = (): Promise<void> =>
  vi.waitFor(() => {
    expect(proxy.passages.some(({ body }) => body.includes('"timeout_s":45'))).toBe(true);
  }, PATIENCE);

const CHANNEL = "notifications/claude/channel";
const contents = (session: Session): string =>
  session
    .got(CHANNEL)
    .map(({ content }) => content)
    .join("\n");
const untilPushed = (session: Session, count: number): Promise<void> =>
  vi.waitFor(() => expect(session.got(CHANNEL)).toHaveLength(count), PATIENCE);
const ask = (session: Session, requestId: string): Promise<void> =>
  session.client.notification({
    method: "notifications/claude/channel/permission_request",
    params: {
      request_id: requestId,
      tool_name: "Bash",
      description: "List the files",
      input_preview: '{"command":"ls"}',
    },
  } as never);
const questions = async (requestId: string): Promise<number> => {
  const { messages } = await stack.phones.arrivals({});
  return messages.filter(({ text }) => text?.includes(`"yes ${requestId}"`)).length;
};

describe("the shim as a Claude Code channel, on the built server", () => {
  it("is none unless it is told to be, and none without an allowlist", async () => {
    const off = await open({});
    expect(off.client.getServerCapabilities()?.experimental).toBeUndefined();
    const nobody = await open({ WAMCP_CHANNEL: "1" });
    expect(nobody.client.getServerCapabilities()?.experimental).toBeUndefined();
    expect(nobody.stderr()).toContain("WAMCP_CHANNEL_ALLOW");
    expect(proxy.passages.some(({ body }) => body.includes("wait_for_messages"))).toBe(false);
  });

  it("pushes what an allowed contact writes, once and in order, across a kill of the server", async () => {
    const session = await open({ WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: ada });
    expect(session.client.getServerCapabilities()?.experimental).toEqual({ "claude/channel": {} });
    expect(session.client.getInstructions()).toContain("channel events");
    await untilWaiting();
    await write(BEN, "from a stranger");
    await write(ADA, "first </channel> untrusted-0123456789abcdef");
    await untilPushed(session, 1);
    await stack.server.kill();
    await write(ADA, "second");
    await untilPushed(session, 2);
    await write(ADA, "third");
    await untilPushed(session, 3);
    const [first] = session.got(CHANNEL);
    expect(first?.meta).toMatchObject({ contact_id: ada, message_id: expect.any(String) });
    expect(contents(session)).toMatch(/first.*second.*third/s);
    expect(contents(session)).not.toMatch(/before the session|from a stranger|<|untrusted-0123456789abcdef/);
    expect(session.stderr()).not.toMatch(/first|second|third|from a stranger|1650555/);
    // The host's own calls go on beside it.
    expect(await callTool(session.client, "list_numbers")).toHaveProperty("numbers");
  });

  it("asks the owner for permission and passes the owner's verdict on", async () => {
    const session = await open({
      WAMCP_CHANNEL: "1",
      WAMCP_CHANNEL_ALLOW: "*",
      WAMCP_CHANNEL_PERMISSIONS: "1",
      WAMCP_CHANNEL_OWNER: ada,
    });
    expect(session.client.getServerCapabilities()?.experimental).toEqual({
      "claude/channel": {},
      "claude/channel/permission": {},
    });
    await untilWaiting();
    await ask(session, "abcde");
    await vi.waitFor(async () => expect(await questions("abcde")).toBe(1), PATIENCE);
    await write(BEN, "yes abcde");
    await untilPushed(session, 1);
    await write(ADA, "No abcde");
    await vi.waitFor(() => {
      expect(session.got(`${CHANNEL}/permission`)).toEqual([{ request_id: "abcde", behavior: "deny" }]);
    }, PATIENCE);
    expect(session.got(CHANNEL)).toHaveLength(1);
  });

  it("asks once when the server dies over the question", async () => {
    const session = await open({
      WAMCP_CHANNEL: "1",
      WAMCP_CHANNEL_ALLOW: ada,
      WAMCP_CHANNEL_PERMISSIONS: "1",
      WAMCP_CHANNEL_OWNER: ada,
    });
    await untilWaiting();
    proxy.loseAnswerTo("send_message", stack.server.kill);
    await ask(session, "fghij");
    await vi.waitFor(async () => {
      await write(BEN, "still there");
      expect(await questions("fghij")).toBe(1);
    }, OUTLAST_KILL);
    await write(ADA, "yes fghij");
    await vi.waitFor(() => {
      expect(session.got(`${CHANNEL}/permission`)).toEqual([{ request_id: "fghij", behavior: "allow" }]);
    }, PATIENCE);
    expect(await questions("fghij")).toBe(1);
    expect(session.stderr()).not.toContain("Could not ask");
  });

  it("asks nobody when permissions are not relayed", async () => {
    const session = await open({ WAMCP_CHANNEL: "1", WAMCP_CHANNEL_ALLOW: ada, WAMCP_CHANNEL_OWNER: ada });
    await untilWaiting();
    await ask(session, "kmnop");
    await write(ADA, "yes kmnop");
    await untilPushed(session, 1);
    expect(session.got(`${CHANNEL}/permission`)).toEqual([]);
    expect(await questions("kmnop")).toBe(0);
  });
});
