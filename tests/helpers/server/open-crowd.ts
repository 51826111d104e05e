import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { connectHttp } from "#dev/check/connect-client";

/** How a call of the crowd ended. */
export interface CrowdAnswer {
  readonly content: Record<string, unknown>;
  /** The error's code; `ok` for a success. */
  readonly outcome: string;
}

/** Agents with the same keys on several servers. */
export interface Crowd {
  /** Makes many calls at once, spread over all agents, and waits for all answers. */
  callAtOnce(tool: string, calls: readonly Record<string, unknown>[]): Promise<CrowdAnswer[]>;
  close(): Promise<void>;
}

/** Agents of one key on one server. */
const AGENTS = 4;

/** Connects SDK clients with every key to every server. */
export async function openCrowd(origins: readonly string[], apiKeys: readonly string[]): Promise<Crowd> {
  const agents: Client[] = [];
  for (let round = 0; round < AGENTS; round += 1) {
    for (const apiKey of apiKeys) {
      // Neighbours in the list are on different servers, so that every burst hits them all.
      for (const origin of origins) agents.push(await connectHttp({ mcpUrl: `${origin}/mcp`, apiKey }));
    }
  }
  return {
    callAtOnce: (tool, calls) =>
      Promise.all(
        calls.map(async (args, index) => {
          const agent = agents[index % agents.length];
          const result = await agent?.callTool({ name: tool, arguments: args });
          const content = (result?.structuredContent ?? {}) as Record<string, unknown>;
          const error = content.error as { code: string } | undefined;
          return { content, outcome: error?.code ?? "ok" };
        }),
      ),
    async close() {
      await Promise.all(agents.map((agent) => agent.close()));
    },
  };
}
