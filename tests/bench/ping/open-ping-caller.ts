import { Client } from "undici";

const TIMEOUT_MS = 10_000;
const ACCEPT = "application/json, text/event-stream";
const CLIENT_INFO = { name: "bench", version: "1" };

export type Era = "2025-11-25" | "2026-07-28";

export interface PingTarget {
  readonly url: string;
  /** Absent where nobody asks for one. */
  readonly apiKey?: string;
}

/** A client with one connection, which it keeps for as long as the server lets it. */
export interface PingCaller {
  /** Calls `ping` once. @throws when the answer is anything but a ping's */
  call(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a connection, and in the 2025 era a session on it. It is undici's client and not autocannon, because the server closes
 * the connection of an event stream: autocannon 8 writes its next request into that one (`lib/httpClient.js`), or, told to
 * reconnect, does not count the answer.
 */
export async function openPingCaller(era: Era, { url, apiKey }: PingTarget): Promise<PingCaller> {
  const { origin, pathname: path } = new URL(url);
  const client = new Client(origin, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: ACCEPT,
    "mcp-protocol-version": era,
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const post = async (body: string) => {
    const answer = await client.request({ path, method: "POST", headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}: ${text}`);
    return { text, headers: answer.headers };
  };
  if (era === "2025-11-25") {
    const opened = await post(describeInitialize());
    headers["mcp-session-id"] = String(opened.headers["mcp-session-id"]);
    await post(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
  } else Object.assign(headers, { "mcp-method": "tools/call", "mcp-name": "ping" });
  const body = describePing(era);
  return {
    async call() {
      const { text } = await post(body);
      if (!text.includes('"ok":true')) throw new Error(`${url} answered: ${text}`);
    },
    close: () => client.close(),
  };
}

function describeInitialize(): string {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT_INFO };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
}

function describePing(era: Era): string {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": era,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": CLIENT_INFO,
  };
  const params = { name: "ping", arguments: {}, ...(era === "2025-11-25" ? {} : { _meta }) };
  return JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params });
}
