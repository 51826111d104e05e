import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CallToolRequestSchema, isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { randomUUID } from "node:crypto";
import { answerPing } from "./answer-ping";
import type { Answer } from "./answer";
import { readJson } from "./read-json";

/**
 * MCP 2025-11-25 as the SDK's own example serves it: a transport and a server for each session, found by its id. On the
 * low-level `Server`, as the product is, so that the difference is the product's and not that of a more comfortable API.
 */
export function createBareLegacy(): Answer {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  return async (request, response) => {
    const body = await readJson(request);
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? transports.get(id) : undefined;
    const transport = known ?? (isInitializeRequest(body) ? await openTransport(transports) : undefined);
    if (transport) await transport.handleRequest(request, response, body);
    else response.writeHead(404).end();
  };
}

async function openTransport(transports: Map<string, StreamableHTTPServerTransport>) {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  const server = new Server({ name: "bare", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    if (params.name !== "ping") throw new Error("there is no such tool");
    return answerPing();
  });
  // The transport's optional members are not declared for exactOptionalPropertyTypes.
  await server.connect(transport as Transport);
  return transport;
}
