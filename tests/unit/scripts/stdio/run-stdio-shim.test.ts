import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startScriptedServer, type Exchange, type ScriptedServer } from "./start-scripted-server";
import { startShim, type RunningShim } from "./start-shim";
import { until } from "./until";

let server: ScriptedServer;
let shim: RunningShim | undefined;

beforeEach(async () => {
  server = await startScriptedServer();
});

afterEach(async () => {
  await shim?.end();
  shim = undefined;
  await server.stop();
});

/** Starts the shim and waits until its push stream is open. */
const start = async (options?: { waitMs?: number }): Promise<RunningShim> => {
  const running = startShim(server.url, options);
  shim = running;
  await until(() => expect(server.streams()).toHaveLength(1));
  return running;
};

const request = (id: unknown, method: string, params: unknown = {}): unknown => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const call = (id: unknown, name: string, args: unknown = {}): unknown =>
  request(id, "tools/call", { name, arguments: args });
const answer = (id: unknown, result: unknown = {}): unknown => ({ jsonrpc: "2.0", id, result });
const event = (message: unknown): string => `data: ${JSON.stringify(message)}`;
const PROGRESS = {
  jsonrpc: "2.0",
  method: "notifications/progress",
  params: { progressToken: 1, progress: 1 },
};
const notFound = (exchange: Exchange): void =>
  exchange.json(404, { jsonrpc: "2.0", id: null, error: { code: -32001, message: "?" } });
const answered = (id: unknown) => until(() => expect(shim?.answerTo(id)).toBeDefined());

describe("runStdioShim", () => {
  it("carries messages to the letter in both directions", async () => {
    const { say, lines } = await start();
    const line =
      '{"jsonrpc":"2.0", "id":7,"method":"tools/call","params":{"big":12345678901234567890,"é":1.0}}';
    const reply = '{ "jsonrpc":"2.0","id":7,"result":{"big":12345678901234567890,"x":1e3} }';
    server.script = (exchange) => (exchange.method === "tools/call" ? exchange.json(200, reply) : false);
    say(line);
    await answered(7);
    expect(server.posts("tools/call")[0]?.text).toBe(line);
    expect(lines).toContain(reply);
  });

  it("keeps a message that spans lines on one line", async () => {
    const { say, lines } = await start();
    server.script = (exchange) => {
      if (exchange.method !== "ping") return false;
      exchange.events('data: {"jsonrpc":"2.0",\ndata: "id":1,"result":{}}');
      exchange.response.end();
    };
    say(request(1, "ping"));
    await answered(1);
    expect(lines.at(-1)).toBe('{"jsonrpc":"2.0", "id":1,"result":{}}');
  });

  it("sends the key, the session and the version on every request after the handshake", async () => {
    const { say, end } = await start();
    say(request(1, "ping"));
    await answered(1);
    expect(await end()).toBe(0);
    const [first, ...others] = server.exchanges;
    expect(first?.headers["mcp-session-id"]).toBeUndefined();
    expect(others.map(({ verb }) => verb)).toEqual(["POST", "GET", "POST", "DELETE"]);
    for (const { headers } of others) {
      expect(headers).toMatchObject({
        authorization: "Bearer wamcp_live_key",
        "mcp-session-id": "session-1",
        "mcp-protocol-version": "2025-11-25",
      });
    }
  });

  it("keeps what follows the handshake behind it", async () => {
    let open: (() => void) | undefined;
    server.script = (exchange) => {
      if (exchange.method !== "notifications/initialized") return false;
      open = () => exchange.response.writeHead(202).end();
    };
    shim = startShim(server.url);
    shim.say(request(1, "ping"));
    await until(() => expect(open).toBeDefined());
    expect(server.posts("ping")).toEqual([]);
    open?.();
    await answered(1);
  });

  it("answers each half of a batch", async () => {
    const { say } = await start();
    say([request(1, "ping"), request(2, "ping")]);
    await answered(1);
    await answered(2);
    expect(server.posts("ping")).toHaveLength(2);
  });

  it("gives an error without an id the id of its request", async () => {
    const { say, answerTo } = await start();
    const error = { code: -32000, message: "no" };
    server.script = (exchange) =>
      exchange.method === "ping" ? exchange.json(200, { jsonrpc: "2.0", id: null, error }) : false;
    say(request("mine", "ping"));
    await answered("mine");
    expect(answerTo("mine")).toMatchObject({ error });
  });

  it("passes a JSON-RPC error in an HTTP error on", async () => {
    const { say, answerTo } = await start();
    const error = { code: -32602, message: "Unknown tool", data: { hint: "look" } };
    server.script = (exchange) =>
      exchange.method === "tools/call" ? exchange.json(400, { jsonrpc: "2.0", id: null, error }) : false;
    say(call(1, "nothing"));
    await answered(1);
    expect(answerTo(1)).toEqual({ jsonrpc: "2.0", id: 1, error });
  });
});

describe("runStdioShim, when the server cannot answer now", () => {
  it("sends a send again after a 503 with Retry-After", async () => {
    const { say, answerTo } = await start();
    server.script = (exchange) => {
      if (exchange.method !== "tools/call" || server.posts("tools/call").length > 1) return false;
      exchange.json(503, {}, { "retry-after": "0" });
    };
    say(call(1, "send_message"));
    await answered(1);
    expect(answerTo(1)).toMatchObject({ result: {} });
    expect(server.posts("tools/call")).toHaveLength(2);
  });

  it.each([
    ["a 502 of a proxy", (exchange: Exchange) => exchange.json(502, "<html>"), 2],
    ["a connection that breaks", (exchange: Exchange) => exchange.response.destroy(), 2],
    [
      "an answer that ends early",
      (exchange: Exchange) => void (exchange.events(": hi"), exchange.response.end()),
      2,
    ],
    ["a 500", (exchange: Exchange) => exchange.json(500, {}), 1],
  ])("never repeats a send after %s, but may repeat a read", async (_, fail, reads) => {
    const { say, answerTo } = await start();
    const tools = [{ name: "get_messages", annotations: { readOnlyHint: true } }, { name: "send_message" }];
    let failures = 0;
    server.script = (exchange) => {
      if (exchange.method === "tools/list") return exchange.json(200, answer(exchange.id, { tools }));
      if (exchange.method !== "tools/call" || failures >= 2) return false;
      failures++;
      fail(exchange);
    };
    say(call(1, "send_message"));
    await answered(1);
    expect(answerTo(1)).toMatchObject({ error: { code: -32001 } });
    say(call(2, "get_messages"));
    await answered(2);
    expect(server.posts("tools/call")).toHaveLength(1 + reads);
    // The host had not listed the tools: the shim did, once, for itself.
    expect(server.posts("tools/list")).toHaveLength(1);
    expect(shim?.lines.some((line) => line.includes('get_messages"'))).toBe(false);
  });

  it("asks for a broken send's answer again where the server can replay it", async () => {
    const { say, answerTo, lines } = await start();
    server.script = (exchange) => {
      const isResumed = exchange.headers["last-event-id"] === "e1";
      if (isResumed) return exchange.events(`id: e2\n${event(answer(1, { sent: true }))}`);
      if (exchange.method !== "tools/call") return false;
      exchange.events(`id: e1\n${event(PROGRESS)}`);
    };
    say(call(1, "send_message"));
    await until(() => expect(lines).toContain(JSON.stringify(PROGRESS)));
    server.posts("tools/call")[0]?.response.destroy();
    await answered(1);
    expect(answerTo(1)).toMatchObject({ result: { sent: true } });
    expect(server.posts("tools/call")).toHaveLength(1);
  });

  it("says that it does not know when the server accepts the cursor but never answers", async () => {
    const { say, answerTo, lines } = await start({ waitMs: 300 });
    server.script = (exchange) => {
      if (exchange.headers["last-event-id"] === "e1") return exchange.events(": keepalive");
      if (exchange.method !== "tools/call") return false;
      exchange.events(`id: e1\n${event(PROGRESS)}`);
    };
    say(call(1, "send_message"));
    await until(() => expect(lines).toContain(JSON.stringify(PROGRESS)));
    server.posts("tools/call")[0]?.response.destroy();
    await answered(1);
    expect(answerTo(1)).toMatchObject({ error: { code: -32001 } });
    expect(server.posts("tools/call")).toHaveLength(1);
  });

  it("does not repeat what the host has cancelled, nor answer it", async () => {
    const { say, lines } = await start();
    server.script = (exchange) => (exchange.method === "tools/call" ? exchange.json(503, {}) : false);
    say(call(1, "get", { idempotency_key: "k" }));
    await until(() => expect(server.posts("tools/call").length).toBeGreaterThan(1));
    say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    say(request(2, "ping"));
    await answered(2);
    const attempts = server.posts("tools/call").length;
    say(request(3, "ping"));
    await answered(3);
    expect(server.posts("tools/call")).toHaveLength(attempts);
    expect(lines.some((line) => line.includes('"id":1,'))).toBe(false);
  });

  it("tells the host to drop a question when the call that asked it breaks", async () => {
    const { say, lines } = await start();
    server.script = (exchange) => {
      if (exchange.method !== "tools/call") return false;
      exchange.events(event(request(0, "elicitation/create")));
    };
    say(call(1, "delete_all"));
    await until(() => expect(lines.join()).toContain("elicitation"));
    server.posts("tools/call")[0]?.response.destroy();
    await answered(1);
    const cancelled = lines
      .map((line) => JSON.parse(line))
      .find(({ method }) => method === "notifications/cancelled");
    expect(cancelled).toMatchObject({ params: { requestId: 0 } });
    say(answer(0, { action: "accept" }), request(2, "ping"));
    await answered(2);
    expect(server.exchanges.some(({ text }) => text.includes("accept"))).toBe(false);
  });

  it.each([401, 403])("explains a %s in the middle of a session", async (status) => {
    const { say, answerTo } = await start();
    server.script = (exchange) =>
      exchange.method === "tools/call"
        ? exchange.json(status, { error: { message: "scope send is missing" } })
        : false;
    say(call(1, "send_message"));
    await answered(1);
    expect(answerTo(1)?.error).toMatchObject({
      message: expect.stringContaining("WAMCP_API_KEY"),
      data: { http_status: status, server_message: "scope send is missing" },
    });
    expect(JSON.stringify(shim?.lines)).not.toContain("wamcp_live_key");
  });
});

describe("runStdioShim, when the session is lost", () => {
  /** The server forgets `session-1`. */
  const forget = (): void => {
    server.script = (exchange) =>
      exchange.headers["mcp-session-id"] === "session-1" ? notFound(exchange) : false;
  };

  it("opens one new session for many calls, then sends each of them once more", async () => {
    const { say } = await start();
    forget();
    say(...[1, 2, 3, 4, 5].map((id) => call(id, "send_message")));
    for (const id of [1, 2, 3, 4, 5]) await answered(id);
    expect(server.posts("initialize")).toHaveLength(2);
    expect(server.posts("notifications/initialized")).toHaveLength(2);
    const carriedOut = server
      .posts("tools/call")
      .filter(({ headers }) => headers["mcp-session-id"] === "session-2");
    expect(carriedOut.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(shim?.lines.filter((line) => line.includes("serverInfo"))).toHaveLength(1);
  });

  it("subscribes again to what is still subscribed, and announces each of it once", async () => {
    const { say, lines } = await start();
    say(...["a", "b", "c"].map((uri) => request(uri, "resources/subscribe", { uri })));
    for (const uri of ["a", "b", "c"]) await answered(uri);
    say(request("u", "resources/unsubscribe", { uri: "b" }));
    await answered("u");
    forget();
    say(request(1, "ping"));
    await answered(1);
    const again = server
      .posts("resources/subscribe")
      .filter(({ headers }) => headers["mcp-session-id"] === "session-2");
    expect(again.map(({ text }) => (JSON.parse(text) as { params: unknown }).params)).toEqual([
      { uri: "a" },
      { uri: "c" },
    ]);
    const announced = lines.filter((line) => line.includes("resources/updated"));
    expect(announced.map((line) => (JSON.parse(line) as { params: { uri: string } }).params.uri)).toEqual([
      "a",
      "c",
    ]);
  });

  it("notices it on the push stream while the host is silent", async () => {
    await start();
    forget();
    server.streams()[0]?.response.destroy();
    await until(() => expect(server.posts("initialize")).toHaveLength(2));
    await until(() => expect(server.streams().at(-1)?.headers["mcp-session-id"]).toBe("session-2"));
  });

  it("does not take a server without a push stream for one that lost the session", async () => {
    server.script = (exchange) => (exchange.verb === "GET" ? notFound(exchange) : false);
    const { say } = await start();
    await until(() => expect(server.posts("ping")).toHaveLength(1));
    say(request(1, "ping"));
    await answered(1);
    expect(server.posts("initialize")).toHaveLength(1);
  });

  it("gives up on a server that ends every session at once", async () => {
    const { say, answerTo } = await start();
    server.script = (exchange) => (exchange.method === "tools/call" ? notFound(exchange) : false);
    say(call(1, "send_message"));
    await answered(1);
    expect(answerTo(1)).toMatchObject({ error: { code: -32005 } });
  });
});

describe("runStdioShim, when only the push stream breaks", () => {
  it("goes on after the last event", async () => {
    const { lines } = await start();
    const update = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: "a" } };
    server.streams()[0]?.events(`id: c41\n${event(update)}`);
    await until(() => expect(lines).toContain(JSON.stringify(update)));
    server.streams()[0]?.response.destroy();
    await until(() => expect(server.streams()).toHaveLength(2));
    expect(server.streams()[1]?.headers["last-event-id"]).toBe("c41");
  });

  it("announces every subscription when it cannot say where it was", async () => {
    const { say, lines } = await start();
    say(request("s", "resources/subscribe", { uri: "a" }));
    await answered("s");
    server.streams()[0]?.response.destroy();
    await until(() => expect(lines.filter((line) => line.includes("resources/updated"))).toHaveLength(1));
    expect(server.posts("initialize")).toHaveLength(1);
  });
});
