import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { connectHttp } from "#dev/check/connect-client";
import { until } from "#dev/stack/until";

/** A client that calls again, on a new session, until it has an answer: what an agent does when its server restarts. */
export interface PatientClient {
  /** `args` should hold an idempotency_key when the tool sends. */
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** How many calls had to be made again. */
  readonly repeats: number;
  close(): Promise<void>;
}

const PATIENCE_MS = 120_000;
// When a server dies, the stream that would have carried the answer ends, and the SDK goes on waiting for it.
const ANSWER_TIMEOUT_MS = 5_000;

export function createPatientClient(server: {
  readonly mcpUrl: string;
  readonly apiKey: string;
}): PatientClient {
  let client: Client | undefined;
  let repeats = 0;
  const drop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.close().catch(() => {});
  };
  return {
    get repeats() {
      return repeats;
    },
    call: (tool, args) =>
      until(`an answer of ${tool}`, PATIENCE_MS, async () => {
        try {
          client ??= await connectHttp(server);
          return await callOnce(client, tool, args);
        } catch (error) {
          repeats += 1;
          await drop();
          throw error;
        }
      }),
    close: drop,
  };
}

async function callOnce(
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const options = { timeout: ANSWER_TIMEOUT_MS };
  const result = await client.callTool({ name, arguments: args }, undefined, options);
  const content = (result.structuredContent ?? {}) as Record<string, unknown>;
  if (result.isError) throw new Error(`${name}: ${JSON.stringify(content.error)}`);
  return content;
}
