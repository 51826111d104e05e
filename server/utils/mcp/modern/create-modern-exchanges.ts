import { INVALID_REQUEST } from "@modelcontextprotocol/server";
import { recordAudit } from "../../audit/record-audit";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import type { McpRequest } from "../mcp-request";
import { refreshPrincipals } from "../refresh-principals";
import { rpcAppError, rpcError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createCallExchange } from "./create-call-exchange";
import { createListenExchange } from "./create-listen-exchange";
import { explainEnd } from "./explain-end";
import { readListenRequest, type ListenRequest } from "./read-listen-request";
import type { ModernExchange } from "./modern-exchange";
import { readRequestId } from "./read-request-id";
import { refuseInBand } from "./refuse-in-band";

// It is repeated in every notification of a stream.
const ID_LIMIT = 256;
// Nothing announces that a key has expired.
const SWEEP_MS = 500;

export interface ModernExchanges {
  /** Answers a request of the 2026 era. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /**
   * Gives the exchanges of a client, or all, what their keys may do now, and ends everything of a key that is not good any more.
   *
   * @throws when that could not be found out for some; it is done for the others
   */
  refresh(clientId?: string): Promise<void>;
  /** Ends all streams and takes no new ones. Calls that wait answer with what they have, the others go on. */
  drain(): void;
  /** Drains, and ends the watch over the rest. */
  close(): void;
  readonly size: number;
  /** How many of them are streams. */
  readonly streamCount: number;
}

/** The requests of 2026-era clients that this process is answering, each by itself, and all of them in view. */
export function createModernExchanges(system: SystemContext, surface: McpSurface): ModernExchanges {
  const exchanges = new Set<ModernExchange>();
  let isStopping = false;
  const stopSweeping = startSweeping(system, exchanges);
  const open = (request: McpRequest, principal: Principal, listen: ListenRequest | undefined) => {
    const onOver = (): boolean => exchanges.delete(exchange);
    const options = { system, surface, request, principal, onOver };
    const exchange = listen ? createListenExchange({ ...options, listen }) : createCallExchange(options);
    exchanges.add(exchange);
    if (isStopping) exchange.release();
    return exchange;
  };
  const drain = (): void => {
    isStopping = true;
    for (const exchange of exchanges) exchange.release();
  };
  return {
    get size() {
      return exchanges.size;
    },
    get streamCount() {
      return [...exchanges].filter(({ kind }) => kind === "listen").length;
    },
    async handle(request, principal) {
      const id = readRequestId(request.body);
      if (typeof id === "string" && id.length > ID_LIMIT) {
        return rpcError(400, INVALID_REQUEST, `Invalid Request: an id may have ${ID_LIMIT} characters`);
      }
      const listen = readListenRequest(request.body);
      if (listen && isStopping) return rpcAppError(explainEnd("stopping"));
      if (listen instanceof AppError) return refuse(system, principal, id, listen);
      const streams = countStreams(exchanges, principal);
      if (listen && streams >= system.config.streamsPerKey) {
        return refuse(system, principal, id, tooManyStreams(streams));
      }
      const exchange = open(request, principal, listen);
      const response = await exchange.answer();
      const { endReason } = exchange;
      return response.status === 499 && endReason ? rpcAppError(explainEnd(endReason)) : response;
    },
    refresh: (clientId) => refresh(system, exchanges, clientId),
    drain,
    close() {
      stopSweeping();
      drain();
    },
  };
}

async function refresh(
  system: SystemContext,
  exchanges: Iterable<ModernExchange>,
  clientId: string | undefined,
): Promise<void> {
  const concerned = [...exchanges].filter(({ principal }) => !clientId || principal.clientId === clientId);
  await refreshPrincipals(system, concerned, (exchange, principal) =>
    principal ? exchange.setPrincipal(principal) : exchange.end("key_ended"),
  );
}

function startSweeping({ clock }: SystemContext, exchanges: Iterable<ModernExchange>): () => void {
  const sweep = setInterval(() => {
    const now = clock.now();
    for (const exchange of exchanges) {
      const { expiresAt } = exchange.principal;
      if (expiresAt !== null && expiresAt <= now) exchange.end("key_ended");
    }
  }, SWEEP_MS);
  sweep.unref();
  return () => clearInterval(sweep);
}

function countStreams(exchanges: Iterable<ModernExchange>, { keyId }: Principal): number {
  return [...exchanges].filter(({ kind, principal }) => kind === "listen" && principal.keyId === keyId)
    .length;
}

async function refuse(
  system: SystemContext,
  principal: Principal,
  id: string | number | null,
  error: AppError,
): Promise<Response> {
  // As a call counts, or refusals would fill the record.
  await requireRatePermit(system.database.system, principal);
  await recordAudit(system.database.system, {
    at: system.clock.now(),
    actor: "key",
    action: "listen.open",
    outcome: "refused",
    clientId: principal.clientId,
    apiKeyId: principal.keyId,
    errorCode: error.code,
  });
  return refuseInBand(id, error);
}

function tooManyStreams(streams: number): AppError {
  return new AppError("rate_limited", `Subscription limit reached: this key has ${streams} streams open.`, {
    advice: "Close one of them, or listen to several addresses on one stream.",
  });
}
