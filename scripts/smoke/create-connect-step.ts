import { explainFailure } from "./explain-failure";
import type { SmokeClient, SmokeContext } from "./smoke-context";
import type { SmokeStep } from "./smoke-step";

const TIMEOUT_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;

/** A step that connects a client of one era, lists its tools and calls one. */
export function createConnectStep(
  id: string,
  title: string,
  connect: (ctx: SmokeContext) => Promise<SmokeClient>,
): SmokeStep {
  return {
    id,
    title,
    needs: ["health"],
    timeoutMs: TIMEOUT_MS,
    async run(ctx) {
      try {
        const client = await connect(ctx);
        const tools = await client.listTools();
        if (tools.includes("ping")) await client.callTool("ping", {}, PING_TIMEOUT_MS);
        if (tools.length > 0) return { status: "ok", says: `${tools.length} tools are listed.` };
        return {
          status: "failed",
          says: "No tool is listed.",
          mend: "Give the key the tools that it needs: a new one, with --scope tools:...",
          see: "docs/guides/admin.md",
        };
      } catch (error) {
        return {
          status: "failed",
          says: `/mcp cannot be used: ${explainFailure(error)}.`,
          mend: "Check WAMCP_API_KEY (admin keys list), and that the name in PUBLIC_URL is one that /mcp answers to.",
          see: "docs/guides/connect.md",
        };
      }
    },
  };
}
