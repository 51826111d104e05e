import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChannelSettings } from "../../../../scripts/stdio/read-channel-settings";
import { startScriptedServer, type Exchange, type ScriptedServer } from "./start-scripted-server";
import { startShim, type RunningShim } from "./start-shim";
import { until } from "./until";

const ADA = "019f0000-0000-7000-8000-00000000000a";
const BEN = "019f0000-0000-7000-8000-00000000000b";

interface Call {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

let server: ScriptedServer;
let shim: RunningShim | undefined;
/** Calls of wait_for_messages that are held. */
let held: Exchange[];
let sent: Call[];

const callOf = ({ text }: Exchange): Call => (JSON.parse(text) as { params: Call }).params;
const give = (exchange: Exchange, cursor: string, ...messages: unknown[]): void =>
  exchange.json(200, {
    jsonrpc: "2.0",
    id: exchange.id,
    result: { content: [], structuredContent: { messages, cursor } },
  });

beforeEach(async () => {
  server = await startScriptedServer();
  held = [];
  sent = [];
  server.script = (exchange) => {
    if (exchange.method !== "tools/call") return false;
    const call = callOf(exchange);
    if (call.name === "send_message") {
      sent.push(call);
      return false;
    }
    if (call.arguments.cursor === "now") return give(exchange, "c0");
    held.push(exchange);
  };
});

afterEach(async () => {
  await shim?.end();
  shim = undefined;
  await server.stop();
});

const text = (id: string, words: string, contactId = ADA) => ({
  id,
  direction: "inbound",
  type: "text",
  contact_id: contactId,
  untrusted_text: words,
});

interface Notification {
  readonly method?: string;
  readonly params: { content?: string; meta?: Record<string, string>; behavior?: string };
}

const start = async (channel?: ChannelSettings): Promise<RunningShim> => {
  const running = startShim(server.url, channel && { channel });
  shim = running;
  await until(() => expect(server.streams()).toHaveLength(1));
  return running;
};
const notified = (method: string): Notification["params"][] =>
  (shim?.lines ?? [])
    .map((line) => JSON.parse(line) as Notification)
    .filter((message) => message.method === method)
    .map(({ params }) => params);
const pushed = (): unknown[] => notified("notifications/claude/channel").map(({ meta }) => meta?.message_id);
const nextHeld = async (count: number): Promise<Exchange> => {
  await until(() => expect(held).toHaveLength(count));
  return held[count - 1] as Exchange;
};
const REQUEST = {
  jsonrpc: "2.0",
  method: "notifications/claude/channel/permission_request",
  params: { request_id: "abcde", tool_name: "Bash", description: "List", input_preview: "{}" },
};

describe("the shim without a channel", () => {
  it("leaves the answer to initialize alone and asks for nothing", async () => {
    const { answerTo, say } = await start();
    say({ jsonrpc: "2.0", id: 1, method: "ping" });
    await until(() => expect(answerTo(1)).toBeDefined());
    expect(answerTo("init")?.result).toMatchObject({ capabilities: {} });
    expect(server.posts("tools/call")).toEqual([]);
  });
});

describe("the shim as a channel", () => {
  it("pushes what allowed contacts write from now on, and nothing of it to the log", async () => {
    const { answerTo, lines, logged } = await start({ allow: new Set([ADA]) });
    expect(answerTo("init")?.result).toMatchObject({
      capabilities: { experimental: { "claude/channel": {} } },
    });
    const wait = await nextHeld(1);
    expect(callOf(wait).arguments).toMatchObject({ cursor: "c0", timeout_s: 45 });
    const standby = { ...text("m4", "for others"), standby: true };
    give(wait, "c1", text("m1", "one"), text("m2", "from Ben", BEN), text("m3", "three"), standby);
    await until(() => expect(pushed()).toEqual(["m1", "m3"]));
    expect(notified("notifications/claude/channel")[0]?.content).toContain('"untrusted_text":"one"');
    expect(lines.join()).not.toMatch(/from Ben|for others/);
    expect(logged.join("\n")).toContain(BEN);
    expect(logged.join("\n")).not.toMatch(/one|three|from Ben/);
    // What the shim asked for itself is answered to nobody.
    expect(lines.some((line) => line.includes("structuredContent"))).toBe(false);
  });

  it("pushes everyone's messages when told so", async () => {
    await start({ allow: "*" });
    give(await nextHeld(1), "c1", text("m1", "one"), text("m2", "two", BEN));
    await until(() => expect(pushed()).toEqual(["m1", "m2"]));
  });

  it("goes on from its cursor in a new session, without a gap or a repetition", async () => {
    await start({ allow: "*" });
    give(await nextHeld(1), "c1", text("m1", "one"));
    const wait = await nextHeld(2);
    const answerWaits = server.script;
    server.script = (exchange) => {
      if (exchange.headers["mcp-session-id"] !== "session-1") return answerWaits(exchange);
      exchange.json(404, { jsonrpc: "2.0", id: null, error: { code: -32001, message: "?" } });
    };
    const tools = {
      jsonrpc: "2.0",
      result: { tools: [{ name: "wait_for_messages", annotations: READ_ONLY }] },
    };
    const answerCalls = server.script;
    server.script = (exchange) =>
      exchange.method === "tools/list" && exchange.headers["mcp-session-id"] !== "session-1"
        ? exchange.json(200, { ...tools, id: exchange.id })
        : answerCalls(exchange);
    wait.response.destroy();
    const again = await nextHeld(3);
    expect(again.headers["mcp-session-id"]).toBe("session-2");
    expect(callOf(again).arguments.cursor).toBe("c1");
    give(again, "c2", text("m2", "two"));
    await until(() => expect(pushed()).toEqual(["m1", "m2"]));
  });

  it("says why it has ended when the server refuses", async () => {
    const { say, answerTo, logged } = await start({ allow: "*" });
    const wait = await nextHeld(1);
    const structuredContent = { error: { code: "forbidden", retryable: false } };
    const result = { content: [], isError: true, structuredContent };
    wait.json(200, { jsonrpc: "2.0", id: wait.id, result });
    await until(() => expect(logged.join()).toContain("The channel has ended"));
    say({ jsonrpc: "2.0", id: 1, method: "ping" });
    await until(() => expect(answerTo(1)).toBeDefined());
    expect(held).toHaveLength(1);
  });

  it("neither declares nor relays permissions when nobody is to be asked", async () => {
    const { say, answerTo } = await start({ allow: "*" });
    const { result } = answerTo("init") as { result: { capabilities: { experimental: object } } };
    expect(Object.keys(result.capabilities.experimental)).toEqual(["claude/channel"]);
    say(REQUEST);
    give(await nextHeld(1), "c1", text("m1", "yes abcde"));
    await until(() => expect(pushed()).toEqual(["m1"]));
    expect(sent).toEqual([]);
    expect(notified("notifications/claude/channel/permission")).toEqual([]);
  });

  it("relays a permission request to the owner and only the owner's verdict back", async () => {
    const { say, answerTo } = await start({ allow: "*", owner: ADA });
    expect(answerTo("init")?.result).toMatchObject({
      capabilities: { experimental: { "claude/channel/permission": {} } },
    });
    say(REQUEST);
    await until(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.arguments).toMatchObject({ to: ADA, idempotency_key: expect.any(String) });
    give(await nextHeld(1), "c1", text("m1", "yes abcde", BEN), text("m2", "no abcde"));
    await until(() => expect(notified("notifications/claude/channel/permission")).toHaveLength(1));
    expect(notified("notifications/claude/channel/permission")).toEqual([
      { request_id: "abcde", behavior: "deny" },
    ]);
    expect(pushed()).toEqual(["m1"]);
    expect(server.posts(REQUEST.method)).toEqual([]);
  });
});

const READ_ONLY = { readOnlyHint: true };
