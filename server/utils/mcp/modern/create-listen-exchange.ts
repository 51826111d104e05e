import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Principal } from "../../auth/principal";
import { grantedNumbers, mayUseTool } from "../../auth/scopes";
import { toAppError } from "../../errors";
import { RESOURCE_TOOL } from "../resources";
import { createListenFeed } from "./create-listen-feed";
import { createModernServer } from "./create-modern-server";
import { createStreamBus } from "./create-stream-bus";
import type { ListenRequest } from "./listen-request";
import type { ModernExchange, ModernExchangeOptions } from "./modern-exchange";
import { narrowSubscriptions } from "./narrow-subscriptions";
import { refuseInBand } from "./refuse-in-band";

export interface ListenExchangeOptions extends ModernExchangeOptions {
  readonly listen: ListenRequest;
}

/**
 * One listen stream, with a bus of its own: nothing is put on it that its key may not see. It hears changes from before its
 * subscriptions are checked, so that none falls between the check and the first notification.
 */
export function createListenExchange(options: ListenExchangeOptions): ModernExchange {
  const { system, surface, request, listen, onOver } = options;
  let { principal } = options;
  let isOver = false;
  const wanted = new Set(listen.params.notifications.resourceSubscriptions);
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    feed.end();
    onOver();
  };
  const bus = createStreamBus(over);
  const feed = createListenFeed({ system, principal: () => principal, wanted, publish: bus.publish });
  const openServer = () => createModernServer({ surface, principal, log: system.log });
  const handler = createMcpHandler(openServer, { legacy: "reject", bus });
  const end = (): void => {
    void handler.close();
    over();
  };
  return {
    kind: "listen",
    get principal() {
      return principal;
    },
    async answer() {
      try {
        const readable = await narrowSubscriptions(surface, principal, wanted, request.connection);
        if (isOver) return new Response(null, { status: 499 });
        const response = await handler.fetch(request.web, { parsedBody: narrowTo(readable, listen) });
        if (!bus.isOpen) over();
        return response;
      } catch (error) {
        over();
        return refuseInBand(listen, toAppError(error));
      }
    },
    setPrincipal(next) {
      const former = principal;
      principal = next;
      const differ = (read: (of: Principal) => unknown): boolean =>
        JSON.stringify(read(former)) !== JSON.stringify(read(next));
      if (differ((of) => surface.listTools(of))) feed.touchList("tools_list_changed");
      if (differ((of) => surface.listPrompts(of))) feed.touchList("prompts_list_changed");
      if (!differ(describeReach)) return;
      feed.touchList("resources_list_changed");
      // What may be heard is another now: the client listens anew and is told what of it is left.
      if (wanted.size > 0) end();
    },
    end,
  };
}

/** Which messages a key may read. */
function describeReach(principal: Principal): unknown {
  const numbers = mayUseTool(principal, RESOURCE_TOOL) ? grantedNumbers(principal, RESOURCE_TOOL) : [];
  return numbers.map(({ phoneNumberId, visibility }) => [phoneNumberId, visibility]);
}

function narrowTo(readable: string[], listen: ListenRequest): unknown {
  const notifications = { ...listen.params.notifications, resourceSubscriptions: readable };
  return { ...listen, params: { ...listen.params, notifications } };
}
