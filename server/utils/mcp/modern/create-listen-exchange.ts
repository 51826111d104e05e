import { createMcpHandler } from "@modelcontextprotocol/server";
import { toAppError } from "../../errors";
import { newId } from "../../ids";
import { changesReach } from "../changes-reach";
import { findChangedLists } from "../find-changed-lists";
import { createListenFeed } from "./create-listen-feed";
import { createModernServer } from "./create-modern-server";
import { createStreamBus } from "./create-stream-bus";
import type { ListenRequest } from "./read-listen-request";
import type { EndReason, ModernExchange, ModernExchangeOptions } from "./modern-exchange";
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
  let endReason: EndReason | undefined;
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
  // It lives for the acknowledgement only, and nothing of it waits.
  const server = { surface, principal, log: system.log, released: request.connection };
  const handler = createMcpHandler(() => createModernServer(server), { legacy: "reject", bus });
  const end = (reason: EndReason): void => {
    endReason ??= reason;
    void handler.close();
    over();
  };
  const open = async (): Promise<Response> => {
    const call = { principal, requestId: newId(), signal: request.connection };
    const readable = await surface.listen({ ...call, uris: [...wanted] });
    if (isOver || request.connection.aborted) return new Response(null, { status: 499 });
    return handler.fetch(request.web, { parsedBody: narrowTo(readable, listen) });
  };
  return {
    kind: "listen",
    get principal() {
      return principal;
    },
    get endReason() {
      return endReason;
    },
    async answer() {
      const response = await open().catch((error: unknown) => refuseInBand(listen.id, toAppError(error)));
      if (!bus.isOpen) over();
      return response;
    },
    setPrincipal(next) {
      const former = principal;
      principal = next;
      for (const list of findChangedLists(surface, former, next)) feed.touchList(`${list}_list_changed`);
      // What may be heard is another now: the client listens anew and is told what of it is left.
      if (wanted.size > 0 && changesReach(former, next)) end("reach_changed");
    },
    release: () => end("stopping"),
    end,
  };
}

function narrowTo(readable: readonly string[], listen: ListenRequest): unknown {
  const notifications = { ...listen.params.notifications, resourceSubscriptions: readable };
  return { ...listen, params: { ...listen.params, notifications } };
}
