import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import getPort from "get-port";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startBalancer } from "#dev/stack/start-balancer";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function serve(listener: RequestListener): Promise<{ port: number; server: Server }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

async function balance(...ports: number[]): Promise<string> {
  const port = await getPort({ host: "127.0.0.1" });
  const balancer = await startBalancer(port, ports);
  endings.push(() => balancer.close());
  return `http://127.0.0.1:${port}`;
}

const name =
  (text: string): RequestListener =>
  (_, response) =>
    void response.end(text);

const ask = async (url: string): Promise<string> => (await fetch(url)).text();

describe("startBalancer", () => {
  it("takes any of the servers", async () => {
    const [a, b] = [await serve(name("a")), await serve(name("b"))];
    const url = await balance(a.port, b.port);
    const answers = new Set<string>();
    await vi.waitFor(async () => expect(answers.add(await ask(url))).toEqual(new Set(["a", "b"])), 10_000);
  });

  it("takes the next server when one refuses the connection, and says 502 when all do", async () => {
    const b = await serve(name("b"));
    const url = await balance(await getPort({ host: "127.0.0.1" }), b.port);
    expect([await ask(url), await ask(url), await ask(url), await ask(url)]).toEqual(["b", "b", "b", "b"]);
    b.server.closeAllConnections();
    b.server.close();
    await vi.waitFor(async () => expect((await fetch(url)).status).toBe(502), 10_000);
  });

  it("never sends a request again that may have been received", async () => {
    let received = 0;
    const cut: RequestListener = (request) => {
      received += 1;
      request.socket.destroy();
    };
    const [a, b] = [await serve(cut), await serve(cut)];
    const url = await balance(a.port, b.port);
    await expect(fetch(url, { method: "POST", body: "once" })).rejects.toThrow("fetch failed");
    expect(received).toBe(1);
  });

  it("passes bodies, headers and statuses on", async () => {
    const echo: RequestListener = (request, response) => {
      response.writeHead(201, { "x-method": request.method, "x-path": request.url });
      request.pipe(response);
    };
    const a = await serve(echo);
    const url = await balance(a.port);
    const body = "ä".repeat(100_000);
    const answer = await fetch(`${url}/some?path=1`, { method: "PUT", body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-method")).toBe("PUT");
    expect(answer.headers.get("x-path")).toBe("/some?path=1");
    expect(await answer.text()).toBe(body);
  });

  it("streams events as they come, and ends them at both ends", async () => {
    let isClosed = false;
    const stream: RequestListener = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: one\n\n");
      response.once("close", () => (isClosed = true));
    };
    const a = await serve(stream);
    const leave = new AbortController();
    const answer = await fetch(await balance(a.port), { signal: leave.signal });
    const first = await answer.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe("data: one\n\n");
    leave.abort();
    await vi.waitFor(() => expect(isClosed).toBe(true), 10_000);
  });

  it("breaks the answer off when the server does", async () => {
    const half: RequestListener = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.socket?.destroy());
    };
    const a = await serve(half);
    const answer = await fetch(await balance(a.port));
    await expect(answer.text()).rejects.toThrow("terminated");
  });
});
