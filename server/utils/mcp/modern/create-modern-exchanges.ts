import * as v from "valibot";
import { recordAudit } from "../../audit/record-audit";
import { findLivingPrincipal } from "../../auth/find-living-principal";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import type { McpRequest } from "../mcp-request";
import { rpcAppError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createCallExchange } from "./create-call-exchange";
import { createListenExchange } from "./create-listen-exchange";
import { ListenRequestSchema, type ListenRequest } from "./listen-request";
import type { ModernExchange } from "./modern-exchange";
import { refuseInBand } from "./refuse-in-band";

/** Addresses that one stream may listen to. */
export const SUBSCRIPTION_LIMIT = 256;
// Nothing announces that a key has expired.
const SWEEP_MS = 500;

export interface ModernExchanges {
  /** Answers a request of the 2026 era. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /** Gives the streams of a client, or all, what their keys may do now, and ends everything of a key that is not good any more. */
  refresh(clientId?: string): Promise<void>;
  /** Ends all streams and takes no new ones. Calls go on. */
  drain(): void;
  /** Ends all streams, and the watch over the rest. */
  close(): void;
  readonly size: number;
}

/** The requests of 2026-era clients that this process is answering, each by itself, and all of them in view. */
export function createModernExchanges(system: SystemContext, surface: McpSurface): ModernExchanges {
  const exchanges = new Set<ModernExchange>();
  let isStopping = false;
  const end = (isConcerned: (exchange: ModernExchange) => boolean): void => {
    for (const exchange of [...exchanges].filter(isConcerned)) exchange.end();
  };
  const sweep = setInterval(() => {
    const now = system.clock.now();
    end(({ principal: { expiresAt } }) => expiresAt !== null && expiresAt <= now);
  }, SWEEP_MS);
  sweep.unref();
  const open = (request: McpRequest, principal: Principal, listen: ListenRequest | undefined) => {
    const onOver = (): boolean => exchanges.delete(exchange);
    const options = { system, surface, request, principal, onOver };
    const exchange = listen ? createListenExchange({ ...options, listen }) : createCallExchange(options);
    exchanges.add(exchange);
    return exchange;
  };
  const drain = (): void => {
    isStopping = true;
    end(({ kind }) => kind === "listen");
  };
  return {
    get size() {
      return exchanges.size;
    },
    async handle(request, principal) {
      const parsed = v.safeParse(ListenRequestSchema, request.body);
      const listen = parsed.success ? parsed.output : undefined;
      if (listen && isStopping) return rpcAppError(stopping());
      const refusal = listen && findRefusal(listen, countStreams(exchanges, principal), system);
      if (refusal) return refuse(system, principal, listen, refusal);
      const response = await open(request, principal, listen).answer();
      const wasEnded = response.status === 499 && !request.connection.aborted;
      return wasEnded ? rpcAppError(isStopping ? stopping() : gone()) : response;
    },
    async refresh(clientId) {
      await refreshPrincipals(
        system,
        [...exchanges].filter(({ principal }) => !clientId || principal.clientId === clientId),
      );
    },
    drain,
    close() {
      clearInterval(sweep);
      drain();
    },
  };
}

async function refreshPrincipals(system: SystemContext, affected: readonly ModernExchange[]): Promise<void> {
  for (const keyId of new Set(affected.map(({ principal }) => principal.keyId))) {
    const principal = await findLivingPrincipal(system.database, keyId, system.clock.now());
    for (const exchange of affected.filter((candidate) => candidate.principal.keyId === keyId)) {
      if (principal) exchange.setPrincipal(principal);
      else exchange.end();
    }
  }
}

function countStreams(exchanges: Iterable<ModernExchange>, { keyId }: Principal): number {
  return [...exchanges].filter(({ kind, principal }) => kind === "listen" && principal.keyId === keyId)
    .length;
}

function findRefusal(
  { params }: ListenRequest,
  streams: number,
  { config }: SystemContext,
): AppError | undefined {
  if (streams >= config.streamsPerKey) {
    return new AppError("rate_limited", `Subscription limit reached: this key has ${streams} streams open.`, {
      advice: "Close one of them, or listen to several addresses on one stream.",
    });
  }
  if (params.notifications.resourceSubscriptions.length <= SUBSCRIPTION_LIMIT) return undefined;
  return new AppError("invalid_arguments", `A stream listens to at most ${SUBSCRIPTION_LIMIT} addresses.`, {
    advice: "Listen to wamcp://inbox, which hears of every message from people.",
  });
}

async function refuse(
  system: SystemContext,
  principal: Principal,
  listen: ListenRequest,
  error: AppError,
): Promise<Response> {
  // As a call counts, or refusals would fill the record.
  await requireRatePermit(system.database, principal);
  await recordAudit(system.database.system, {
    at: system.clock.now(),
    actor: "key",
    action: "listen.open",
    outcome: "refused",
    clientId: principal.clientId,
    apiKeyId: principal.keyId,
    errorCode: error.code,
  });
  return refuseInBand(listen, error);
}

function gone(): AppError {
  return new AppError("unauthorized", "This API key is no longer good.", {
    advice: "Ask the owner of this server for a new key.",
  });
}

function stopping(): AppError {
  return new AppError("unavailable", "This server is stopping.", {
    advice: "Come again.",
    retryAfterSeconds: 1,
  });
}
