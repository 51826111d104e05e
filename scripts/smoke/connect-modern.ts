import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { SmokeClient } from "./smoke-context";
import { readToolAnswer } from "./read-tool-answer";

/** Connects the SDK's client of MCP 2026-07-28, which falls back to nothing older. */
export async function connectModern(mcpUrl: string, apiKey: string): Promise<SmokeClient> {
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  const client = new Client(
    { name: "wamcp-smoke", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args, timeout) =>
      readToolAnswer(await client.callTool({ name, arguments: { ...args } }, { timeout })),
    close: () => client.close(),
  };
}
