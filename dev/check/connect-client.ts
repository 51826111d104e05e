import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

interface Server {
  readonly mcpUrl: string;
  readonly apiKey: string;
}

/** How the person at a client answers the server's questions. */
export type Answer = (question: string) => "accept" | "decline" | "cancel";

/** The official SDK's client over Streamable HTTP. With `answer` it takes questions for a person. */
export async function connectHttp({ mcpUrl, apiKey }: Server, answer?: Answer): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  // The transport's optional members are not declared for exactOptionalPropertyTypes.
  return connect(transport as Transport, answer);
}

/** The official SDK's client over stdio, through the built shim. */
export async function connectStdio(
  { mcpUrl, apiKey }: Server,
  shimFile: string,
  answer?: Answer,
): Promise<Client> {
  return connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [shimFile],
      env: { WAMCP_URL: mcpUrl, WAMCP_API_KEY: apiKey },
      stderr: "inherit",
    }),
    answer,
  );
}

async function connect(transport: Transport, answer: Answer | undefined): Promise<Client> {
  const client = new Client(
    { name: "round-trip-check", version: "1.0.0" },
    { capabilities: answer ? { elicitation: {} } : {} },
  );
  if (answer) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({ action: answer(params.message) }));
  }
  await client.connect(transport);
  return client;
}
