import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One HTTP request that the server has read. */
export interface Exchange {
  readonly verb: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly text: string;
  /** The JSON-RPC method and id in it. */
  readonly method: string | undefined;
  readonly id: unknown;
  readonly response: ServerResponse;
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Starts or goes on with an event stream. */
  events(...blocks: string[]): void;
}

/** An MCP server that does exactly what a test tells it to. */
export interface ScriptedServer {
  readonly url: string;
  /** Everything that came, in order. */
  readonly exchanges: Exchange[];
  /** Handles an exchange; `false` leaves it to the polite default. */
  script: (exchange: Exchange) => boolean | void;
  /** Requests with this JSON-RPC method. */
  posts(method: string): Exchange[];
  /** Event streams opened with GET. */
  streams(): Exchange[];
  stop(): Promise<void>;
}

/** Starts a server on loopback that opens numbered sessions and answers `{}`, except where the script does more. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let opened = 0;
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const message = text === "" ? {} : (JSON.parse(text) as { method?: string; id?: unknown });
      const exchange: Exchange = {
        verb: request.method ?? "",
        headers: request.headers,
        text,
        method: message.method,
        id: message.id,
        response,
        json: (status, body, headers = {}) => {
          response.writeHead(status, { "content-type": "application/json", ...headers });
          response.end(typeof body === "string" ? body : JSON.stringify(body));
        },
        events: (...blocks) => {
          if (!response.headersSent)
            response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
          for (const block of blocks) response.write(`${block}\n\n`);
        },
      };
      server.exchanges.push(exchange);
      if (server.script(exchange) !== false) return;
      if (exchange.verb === "GET") exchange.events();
      else if (exchange.verb === "DELETE" || exchange.id === undefined) response.writeHead(202).end();
      else if (exchange.method === "initialize") {
        const result = {
          protocolVersion: "2025-11-25",
          capabilities: {},
          serverInfo: { name: "s", version: "1" },
        };
        const headers = { "mcp-session-id": `session-${++opened}` };
        exchange.json(200, { jsonrpc: "2.0", id: exchange.id, result }, headers);
      } else exchange.json(200, { jsonrpc: "2.0", id: exchange.id, result: {} });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    exchanges: [],
    script: () => false,
    posts: (method) => server.exchanges.filter((exchange) => exchange.method === method),
    streams: () => server.exchanges.filter(({ verb }) => verb === "GET"),
    stop: async () => {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
  };
  return server;
}
