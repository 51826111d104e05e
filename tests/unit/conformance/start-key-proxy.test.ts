import { request, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { startKeyProxy } from "#tests/conformance/start-key-proxy";
import { listen } from "../server/helpers/listen";
import { until } from "../server/helpers/until";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function proxyFor(listener: Parameters<typeof listen>[0]): Promise<string> {
  const target = await listen(listener);
  endings.push(target.stop);
  const proxy = await startKeyProxy(target.url, "a-key");
  endings.push(proxy.close);
  return proxy.origin;
}

/** Undici sets Host and Origin itself; a plain request sends what it is told. */
function ask(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers }, resolve);
    outgoing.once("error", reject);
    outgoing.end('{"a":1}');
  });
}

describe("startKeyProxy", () => {
  it("adds the key and changes nothing else, neither Host nor Origin", async () => {
    const seen: Record<string, unknown>[] = [];
    const origin = await proxyFor((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        seen.push({ ...incoming.headers, method: incoming.method, url: incoming.url, body });
        response.writeHead(202, { "mcp-session-id": "s" }).end("answer");
      });
    });
    const headers = { host: "evil.example", origin: "http://evil.example", "mcp-method": "ping" };
    const answer = await ask(`${origin}/mcp?a=b`, headers);
    answer.resume();
    expect(answer.statusCode).toBe(202);
    expect(answer.headers["mcp-session-id"]).toBe("s");
    expect(seen).toEqual([
      expect.objectContaining({
        ...headers,
        authorization: "Bearer a-key",
        method: "POST",
        url: "/mcp?a=b",
        body: '{"a":1}',
      }),
    ]);
  });

  it("passes events on as they come, and tells the server when the client has left", async () => {
    let hasLeft = false;
    const origin = await proxyFor((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      response.once("close", () => (hasLeft = true));
    });
    const answer = await ask(`${origin}/mcp`, {});
    let text = "";
    answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
    answer.on("error", () => {});
    await until(() => expect(text).toBe("data: first\n\n"));
    expect(hasLeft).toBe(false);
    answer.destroy();
    await until(() => expect(hasLeft).toBe(true));
  });

  it("answers 502 when nobody listens", async () => {
    const target = await listen(() => {});
    await target.stop();
    const proxy = await startKeyProxy(target.url, "a-key");
    endings.push(proxy.close);
    expect((await fetch(`${proxy.origin}/mcp`)).status).toBe(502);
  });
});
