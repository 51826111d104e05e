import type { McpRequest } from "#server/utils/mcp/mcp-request";

/** What a test says of a request of MCP 2026-07-28. */
export interface ModernRequestParts {
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly id?: string | number;
  readonly capabilities?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  /** Instead of what the body says. */
  readonly headers?: Record<string, string>;
  readonly connection?: AbortSignal;
}

/** A request of the 2026 era as the route hands it over: read, and past authentication. */
export function buildModernRequest(parts: ModernRequestParts): McpRequest {
  const { method, params = {}, id = 1, capabilities = {}, meta = {}, headers = {} } = parts;
  const connection = parts.connection ?? new AbortController().signal;
  const name = params.name ?? params.uri;
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    ...meta,
  };
  const web = {
    method: "POST",
    url: "http://127.0.0.1/mcp",
    headers: new Headers({
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : {}),
      ...headers,
    }),
    signal: connection,
  } as Request;
  const body = { jsonrpc: "2.0", id, method, params: { ...params, _meta } };
  return { web, body, sessionId: undefined, connection };
}
