import { createMcpHandler } from "@modelcontextprotocol/server";
import { createModernServer } from "./create-modern-server";
import type { ModernExchange, ModernExchangeOptions } from "./modern-exchange";

/** A request that is answered and then over. It goes on with what its key might do when it began, as long as the key is good. */
export function createCallExchange(options: ModernExchangeOptions): ModernExchange {
  const { system, surface, request, principal, onOver } = options;
  const openServer = () =>
    Object.assign(createModernServer({ surface, principal, log: system.log }), { onclose: onOver });
  const handler = createMcpHandler(openServer, { legacy: "reject" });
  return {
    kind: "call",
    principal,
    async answer() {
      const response = await handler.fetch(request.web, { parsedBody: request.body });
      // Anything else is whole by now; and what was refused has had no server.
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) onOver();
      return response;
    },
    setPrincipal() {},
    end: () => void handler.close(),
  };
}
