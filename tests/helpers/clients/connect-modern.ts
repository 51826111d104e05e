import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { McpAddress } from "./connect-legacy";

/** Connects the SDK's client of MCP 2026-07-28, which falls back to nothing older. */
export async function connectModern({ mcpUrl, apiKey, fetch: fetchBy }: McpAddress): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    ...(fetchBy ? { fetch: fetchBy } : {}),
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  const client = new Client(
    { name: "modern-client", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(transport);
  return client;
}
