import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Principal } from "../../auth/principal";
import { changesRights } from "../changes-rights";
import { createModernServer } from "./create-modern-server";
import type { EndReason, ModernExchange, ModernExchangeOptions } from "./modern-exchange";

/**
 * A request that is answered and then over. It works with what its key might do when it began; when that is another, a call
 * that waits comes to its end, and the next one goes by what is allowed then.
 */
export function createCallExchange(options: ModernExchangeOptions): ModernExchange {
  const { system, surface, request, onOver } = options;
  let principal: Principal = options.principal;
  let endReason: EndReason | undefined;
  const released = new AbortController();
  const server = { surface, principal, log: system.log, released: released.signal };
  const openServer = () => Object.assign(createModernServer(server), { onclose: onOver });
  // No stream of notifications: it would be on a bus of the SDK's, bound to no key.
  const handler = createMcpHandler(openServer, { legacy: "reject", maxSubscriptions: 0 });
  return {
    kind: "call",
    get principal() {
      return principal;
    },
    get endReason() {
      return endReason;
    },
    async answer() {
      const response = await handler.fetch(request.web, { parsedBody: request.body });
      // Anything else is whole by now; and what was refused has had no server.
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) onOver();
      return response;
    },
    setPrincipal(next) {
      if (changesRights(principal, next)) released.abort();
      principal = next;
    },
    release: () => released.abort(),
    end(reason) {
      endReason ??= reason;
      void handler.close();
    },
  };
}
