import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Engine } from "../engine";
import { HttpError } from "./http-error";
import { readBody } from "./read-body";
import { route } from "./routes";

/** The listening server. */
export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/** Serve the engine's HTTP interface. */
export async function startHttp(engine: Engine, host: string, port: number): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(engine, request, response).catch(() => response.destroy());
  });
  // Longer than clients keep idle connections (undici: 4 s), so that none is closed under a request.
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 300).unref();
      await closed;
    },
  };
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://local");
  try {
    const value = await route(request.method ?? "GET", url.pathname, {
      engine,
      query: url.searchParams,
      header: (name) => {
        const given = request.headers[name];
        return Array.isArray(given) ? given[0] : given;
      },
      body: () => readBody(request),
    });
    write(response, 200, value);
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    const message = error instanceof Error ? error.message || error.name : String(error);
    if (status === 500 && !engine.isClosing()) engine.log(`${request.method} ${url.pathname}: ${message}`);
    // What is left of a refused request would otherwise be read as the next one.
    if (!request.complete) response.setHeader("connection", "close");
    write(response, status, { error: message, status });
  }
}

function write(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
