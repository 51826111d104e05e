import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Where a client connects, and with which key. */
export interface McpAddress {
  readonly mcpUrl: string;
  readonly apiKey: string;
  /** Another `fetch` than the global one. */
  readonly fetch?: typeof fetch;
}

/** The SDK's client of MCP 2025-11-25, and what it noticed besides answers. */
export interface LegacyClient {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  /** What the client was told of as an error, in its order. */
  readonly errors: Error[];
}

/** Connects it over Streamable HTTP. It comes back by itself for as long as the test lasts. */
export async function connectLegacy({ mcpUrl, apiKey, fetch: fetchBy }: McpAddress): Promise<LegacyClient> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    ...(fetchBy ? { fetch: fetchBy } : {}),
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
    reconnectionOptions: {
      maxRetries: 1_000,
      initialReconnectionDelay: 100,
      maxReconnectionDelay: 500,
      reconnectionDelayGrowFactor: 1.5,
    },
  });
  const client = new Client({ name: "legacy-client", version: "1" });
  const errors: Error[] = [];
  Object.assign(client, { onerror: (error: Error) => void errors.push(error) });
  // The transport's optional members are not declared for exactOptionalPropertyTypes.
  await client.connect(transport as Transport);
  return { client, transport, errors };
}
