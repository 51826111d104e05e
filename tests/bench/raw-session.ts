import type { McpAddress } from "#tests/helpers/clients/connect-legacy";

/** A session of the 2025 era over plain HTTP: an SDK's client would cost more than what is measured. */
export interface RawSession {
  call(method: string, params: Readonly<Record<string, unknown>>): Promise<void>;
  /** Opens the event stream; it ends when the signal is aborted. */
  stream(signal: AbortSignal): Promise<void>;
  /** Ends the session as a well-behaved client does. */
  end(): Promise<void>;
}

/** Opens it as any client does: initialize, initialized. */
export async function openRawSession({ mcpUrl, apiKey }: McpAddress): Promise<RawSession> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
  };
  const post = async (body: object): Promise<Response> => {
    const answer = await fetch(mcpUrl, {
      method: "POST",
      headers,
      body: JSON.stringify({ jsonrpc: "2.0", ...body }),
    });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    await answer.text();
    return answer;
  };
  const clientInfo = { name: "bench", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const opened = await post({ id: 1, method: "initialize", params });
  headers["mcp-session-id"] = opened.headers.get("mcp-session-id") ?? "";
  await post({ method: "notifications/initialized" });
  return {
    async call(method, more) {
      await post({ id: 2, method, params: more });
    },
    async stream(signal) {
      const answer = await fetch(mcpUrl, { headers: { ...headers, accept: "text/event-stream" }, signal });
      if (!answer.ok) throw new Error(`the stream was refused with ${answer.status}`);
      // Read until it is cut, so that it is the server's end that is measured.
      answer.text().catch(() => {});
    },
    async end() {
      await fetch(mcpUrl, { method: "DELETE", headers });
    },
  };
}
