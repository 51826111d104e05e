import type { Principal } from "../../auth/principal";
import type { McpRequest } from "../mcp-request";
import type { LegacyTransport } from "./open-legacy-transport";

/**
 * Tells a fresh transport what the client said first, so that it stands where another process, or this one, once stood with it.
 *
 * @throws Error when the transport does not take what another one took
 */
export async function replayInitialize(
  transport: LegacyTransport,
  principal: Principal,
  { sessionId, initialize }: { readonly sessionId: string; readonly initialize: Record<string, unknown> },
): Promise<void> {
  const signal = new AbortController().signal;
  const messages = [
    { jsonrpc: "2.0", id: 0, method: "initialize", params: initialize },
    { jsonrpc: "2.0", method: "notifications/initialized" },
  ];
  for (const body of messages) {
    const response = await transport.handle(buildRequest(sessionId, body), principal, signal);
    // Whoever asked has had the answer long ago; but what follows must come after it.
    await response.text();
    if (!response.ok) throw new Error(`a session could not be taken up: ${response.status}`);
  }
}

function buildRequest(sessionId: string, body: object): McpRequest {
  const headers = new Headers({
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-session-id": sessionId,
  });
  return {
    web: { method: "POST", url: "http://localhost/mcp", headers } as Request,
    body,
    sessionId,
    connection: new AbortController().signal,
  };
}
