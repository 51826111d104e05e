import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { SmokeClient } from "./smoke-context";
import { readToolAnswer } from "./read-tool-answer";

/** Connects the SDK's client of MCP 2025-11-25: `initialize`, and a session. */
export async function connectLegacy(mcpUrl: string, apiKey: string): Promise<SmokeClient> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  const client = new Client({ name: "wamcp-smoke", version: "1" });
  // The transport's optional members are not declared for exactOptionalPropertyTypes.
  await client.connect(transport as Transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args, timeout) =>
      readToolAnswer(await client.callTool({ name, arguments: { ...args } }, undefined, { timeout })),
    async close() {
      // The session would count against the key's for half an hour.
      await transport.terminateSession().catch(() => {});
      await client.close();
    },
  };
}
