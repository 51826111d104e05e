import type { Principal } from "#server/utils/auth/principal";
import { createLegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { openMcpSession } from "#tests/helpers/server/open-mcp-session";
import type { EvalWorld } from "../world/open-eval-world";
import type { Wire } from "./wire";

/** A session of MCP 2025-11-25. */
export async function openLegacyWire({ ctx, surface }: EvalWorld, principal: Principal): Promise<Wire> {
  const sessions = createLegacySessions(ctx.system, surface);
  const session = await openMcpSession(sessions, principal);
  return {
    ask: (method, params) => session.ask(method, params),
    heard: session.heard,
    async follow(uris) {
      for (const uri of uris) await session.ask("resources/subscribe", { uri });
    },
    async end() {
      await session.end();
      await sessions.close();
    },
  };
}
