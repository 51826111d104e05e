import type { McpRequest } from "#server/utils/mcp/mcp-request";

/** What a test says of a request to /mcp. */
export interface McpRequestParts {
  readonly method: "GET" | "POST" | "DELETE";
  readonly sessionId?: string | undefined;
  /** The JSON of a POST. */
  readonly body?: unknown;
  readonly connection?: AbortSignal;
}

/** A request to /mcp as the route hands it over: read, and past authentication. */
export function buildMcpRequest({ method, sessionId, body, connection }: McpRequestParts): McpRequest {
  const headers = new Headers({
    accept: method === "GET" ? "text/event-stream" : "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2025-11-25",
    ...(sessionId ? { "mcp-session-id": sessionId } : {}),
  });
  return {
    web: { method, url: "http://127.0.0.1/mcp", headers } as Request,
    body,
    sessionId,
    connection: connection ?? new AbortController().signal,
  };
}
