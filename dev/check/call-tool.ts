import type { Client } from "@modelcontextprotocol/sdk/client/index.js";

/**
 * Calls a tool and returns its structured content.
 *
 * @throws Error with the tool's own words when it answers with an error
 */
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const result = await client.callTool({ name, arguments: args });
  const content = (result.structuredContent ?? {}) as Record<string, unknown>;
  if (result.isError) throw new Error(`${name}: ${JSON.stringify(content.error)}`);
  return content;
}
