import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import type { IncomingMessage } from "node:http";
import { answerPing } from "./answer-ping";
import type { Answer } from "./answer";
import { readJson } from "./read-json";

/** MCP 2026-07-28 as the SDK serves it: a server for each request, on the low-level `Server`, as the product is. */
export function createBareModern(): Answer {
  const handler = createMcpHandler(createServer, { legacy: "reject" });
  return async (request, response) => {
    const answer = await handler.fetch(describeRequest(request), { parsedBody: await readJson(request) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    // Nothing here is told before its answer, so that it is whole.
    response.end(await answer.text());
  };
}

function createServer(): Server {
  const server = new Server({ name: "bare", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/call", ({ params }) => {
    if (params.name !== "ping") throw new Error("there is no such tool");
    return answerPing();
  });
  return server;
}

// What the SDK reads of a request; a whole `Request` would make the bare side slower than it has to be.
function describeRequest({ method, headers: given }: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string") headers.set(name, value);
  }
  const { signal } = new AbortController();
  return { method, url: "http://127.0.0.1/modern", headers, signal } as Request;
}
