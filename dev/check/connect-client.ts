import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

interface Server {
  readonly mcpUrl: string;
  readonly apiKey: string;
}

/** The official SDK's client over Streamable HTTP. */
export async function connectHttp({ mcpUrl, apiKey }: Server): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  // The transport's optional members are not declared for exactOptionalPropertyTypes.
  return connect(transport as Transport);
}

/** The official SDK's client over stdio, through the built shim. */
export async function connectStdio({ mcpUrl, apiKey }: Server, shimFile: string): Promise<Client> {
  return connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [shimFile],
      env: { WAMCP_URL: mcpUrl, WAMCP_API_KEY: apiKey },
      stderr: "inherit",
    }),
  );
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: "round-trip-check", version: "1.0.0" });
  await client.connect(transport);
  return client;
}
