import process from "node:process";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

/** A host whose server is the built shim. */
export interface Host {
  readonly client: Client;
  /** URIs of the resources/updated notifications so far. */
  readonly updates: string[];
  /** The shim's process. */
  readonly pid: number;
  /** What the shim wrote to stderr so far. */
  stderr(): string;
}

/** Starts `file` as an MCP server on stdio and connects a v1 SDK client to it. */
export async function connectThroughShim(
  file: string,
  server: { readonly url: string; readonly apiKey: string },
  env: Record<string, string> = {},
): Promise<Host> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [file],
    env: { ...getDefaultEnvironment(), WAMCP_URL: server.url, WAMCP_API_KEY: server.apiKey, ...env },
    stderr: "pipe",
  });
  const client = new Client({ name: "test-host", version: "1" }, { capabilities: { elicitation: {} } });
  const updates: string[] = [];
  client.setNotificationHandler(
    ResourceUpdatedNotificationSchema,
    ({ params }) => void updates.push(params.uri),
  );
  let stderr = "";
  transport.stderr?.on("data", (chunk) => (stderr += String(chunk)));
  // The SDK's own types do not agree under exactOptionalPropertyTypes.
  await client.connect(transport as unknown as Parameters<Client["connect"]>[0]);
  return { client, updates, pid: transport.pid ?? 0, stderr: () => stderr };
}
