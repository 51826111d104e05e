import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { randomUUID } from "node:crypto";
import { recordAudit } from "../../audit/record-audit";
import { findLivingPrincipal } from "../../auth/find-living-principal";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import type { ErrorCode } from "../../errors";
import { describeError } from "../../log";
import type { McpRequest } from "../mcp-request";
import { rpcError } from "../rpc-error";
import { openLegacySession, type LegacySession } from "./legacy-session";

/** A session that nobody used for this long, and that streams nothing, is closed. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** Sessions of one key; the one that was idle longest goes. */
export const SESSIONS_PER_KEY = 16;
/** Sessions of this process. */
export const SESSIONS_TOTAL = 2_000;
const SWEEP_MS = 60_000;

/** An answer, and the session it belongs to. */
export interface LegacyAnswer {
  readonly response: Response;
  readonly session: LegacySession | undefined;
}

export interface LegacySessions {
  /** Answers a request of the 2025 era. */
  handle(request: McpRequest, principal: Principal): Promise<LegacyAnswer>;
  /** Gives the sessions of a client, or all, what their keys may do now, and closes those whose key is not good any more. */
  refresh(clientId?: string): Promise<void>;
  /** Closes all sessions. */
  close(): Promise<void>;
  readonly size: number;
}

/** The sessions of 2025-era clients in this process, each bound to the key that opened it. */
export function createLegacySessions(system: SystemContext): LegacySessions {
  const sessions = new Map<string, LegacySession>();
  const refresh = async (clientId?: string): Promise<void> => {
    const affected = [...sessions.values()].filter((session) => !clientId || session.clientId === clientId);
    await refreshPrincipals(system, affected);
  };
  const sweep = setInterval(() => {
    closeIdle(sessions, system.clock.now());
    // Nothing announces that a key has expired.
    refresh().catch((error: unknown) =>
      system.log.warn("sessions were not refreshed:", describeError(error)),
    );
  }, SWEEP_MS);
  sweep.unref();
  return {
    get size() {
      return sessions.size;
    },
    async handle(request, principal) {
      if (request.sessionId === undefined) return openFor(system, sessions, request, principal);
      const session = sessions.get(request.sessionId);
      // Another key's session does not exist for this one.
      if (session?.keyId !== principal.keyId) {
        // As a call counts: or made-up sessions would fill the record.
        await requireRatePermit(system.database, principal);
        await recordRefusal(system, principal, "session.use", "not_found");
        return refuse(404, -32001, "Session not found");
      }
      return { response: await session.handle(request, principal), session };
    },
    refresh,
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

async function refreshPrincipals(system: SystemContext, sessions: readonly LegacySession[]): Promise<void> {
  for (const keyId of new Set(sessions.map((session) => session.keyId))) {
    const principal = await findLivingPrincipal(system.database, keyId, system.clock.now());
    for (const session of sessions.filter((candidate) => candidate.keyId === keyId)) {
      if (principal) session.setPrincipal(principal);
      else await session.close();
    }
  }
}

async function openFor(
  system: SystemContext,
  sessions: Map<string, LegacySession>,
  request: McpRequest,
  principal: Principal,
): Promise<LegacyAnswer> {
  if (!isInitializeRequest(request.body)) {
    return refuse(
      400,
      -32000,
      "Bad Request: send initialize first, then every request with its Mcp-Session-Id",
    );
  }
  if (!makeRoom(sessions, principal)) {
    await recordRefusal(system, principal, "session.open", "rate_limited");
    const message = "There are as many sessions as there may be. Close one.";
    return refuse(429, -32000, message, { "retry-after": "60" });
  }
  const sessionId = randomUUID();
  const onClosed = (): boolean => sessions.delete(sessionId);
  const session = await openLegacySession({ system, sessionId, principal, onClosed });
  sessions.set(sessionId, session);
  const response = await session.handle(request, principal);
  if (!response.ok) await session.close();
  return { response, session };
}

// Without an await between the count and the place it frees, so that parallel requests cannot pass the limit together.
function makeRoom(sessions: Map<string, LegacySession>, principal: Principal): boolean {
  const own = [...sessions.values()].filter((session) => session.keyId === principal.keyId);
  if (own.length < SESSIONS_PER_KEY) return sessions.size < SESSIONS_TOTAL;
  const idle = own
    .filter((session) => !session.isStreaming())
    .toSorted((a, b) => a.lastSeenMs - b.lastSeenMs)[0];
  void idle?.close();
  return idle !== undefined;
}

function closeIdle(sessions: Map<string, LegacySession>, now: Date): void {
  for (const session of sessions.values()) {
    const isIdle = !session.isStreaming() && session.lastSeenMs < now.getTime() - SESSION_IDLE_MS;
    if (isIdle) void session.close();
  }
}

async function recordRefusal(
  system: SystemContext,
  principal: Principal,
  action: string,
  errorCode: ErrorCode,
): Promise<void> {
  await recordAudit(system.database.system, {
    at: system.clock.now(),
    actor: "key",
    action,
    outcome: "refused",
    clientId: principal.clientId,
    apiKeyId: principal.keyId,
    errorCode,
  });
}

function refuse(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): LegacyAnswer {
  return { response: rpcError(status, code, message, headers), session: undefined };
}
