import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { connectHttp } from "#dev/check/connect-client";
import { callTool } from "#dev/check/call-tool";
import { until } from "#dev/stack/until";

/** A client that calls again, on a new session, until it has an answer: what an agent does when its server restarts. */
export interface PatientClient {
  /** `args` should hold an idempotency_key when the tool sends. */
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

const PATIENCE_MS = 60_000;

export function createPatientClient(server: {
  readonly mcpUrl: string;
  readonly apiKey: string;
}): PatientClient {
  let client: Client | undefined;
  const drop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.close().catch(() => {});
  };
  return {
    call: (tool, args) =>
      until(`an answer of ${tool}`, PATIENCE_MS, async () => {
        try {
          client ??= await connectHttp(server);
          return await callTool(client, tool, args);
        } catch (error) {
          await drop();
          throw error;
        }
      }),
    close: drop,
  };
}
