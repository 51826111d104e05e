import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { recordAudit } from "../../audit/record-audit";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError, type ErrorCode } from "../../errors";
import type { McpRequest } from "../mcp-request";
import { refreshPrincipals } from "../refresh-principals";
import { rpcAppError, rpcError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createSessionRoom, type SessionRoom } from "./create-session-room";
import { createComparison } from "./create-comparison";
import { createSessionMaintenance } from "./create-session-maintenance";
import { openSession } from "./open-session";
import { readSessionNews } from "./session-news";
import { deleteSessionsOfDeadKeys } from "./store";

export interface LegacySessions {
  /** Begins to hear of what other processes do with sessions; resolves once the database has confirmed it. */
  start(): Promise<void>;
  /** Answers a request of the 2025 era. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /**
   * Gives the sessions of a client, or all, what their keys may do now, and ends those whose key is not good any more.
   *
   * @throws when that could not be found out for some; it is done for the others
   */
  refresh(clientId?: string): Promise<void>;
  /** What has to be done every second: see `create-session-maintenance.ts`. */
  maintain(): Promise<void>;
  /** Ends streams and waits, so that clients go on at another process. Calls that are at work finish, and sessions stay. */
  drain(): Promise<void>;
  /** Forgets all sessions here. They stay, for other processes. */
  close(): Promise<void>;
  readonly size: number;
  /** How many of them have their stream of notifications open here. */
  readonly streamCount: number;
}

/** The sessions of 2025-era clients, each bound to the key that opened it. Any process can take up any of them. */
export function createLegacySessions(system: SystemContext, surface: McpSurface): LegacySessions {
  const room = createSessionRoom(system, surface);
  const comparison = createComparison(system, room);
  const maintain = createSessionMaintenance(system, room);
  let isDraining = false;
  return {
    get size() {
      return room.sessions.size;
    },
    get streamCount() {
      return [...room.sessions.values()].filter(({ streams }) => streams.current !== undefined).length;
    },
    start: () =>
      system.database.listen(
        "wamcp_sessions",
        (payload) => {
          const news = readSessionNews(payload);
          if (news) room.hear(news);
        },
        () => void comparison.begin(),
      ),
    async handle(request, principal) {
      if (isDraining && request.web.method === "GET") return rpcAppError(stopping());
      if (request.sessionId === undefined) return open(system, room, request, principal);
      const { generation } = room;
      const session = await room.find(request.sessionId, principal);
      if (isDraining && request.web.method === "GET") return rpcAppError(stopping());
      // Access may have changed while it was looked for: then it was given what is true now.
      const current = session && generation !== room.generation ? session.principal : principal;
      if (session) return session.handle(request, current);
      // As a call counts: or made-up sessions would fill the record.
      await requireRatePermit(system.database.system, principal);
      await recordRefusal(system, principal, "session.use", "not_found");
      return rpcError(404, -32001, "Session not found");
    },
    refresh: (clientId) => refresh(system, room, clientId),
    async maintain() {
      await comparison.repeat();
      await maintain();
    },
    async drain() {
      isDraining = true;
      room.drain();
      await room.settled();
    },
    async close() {
      await Promise.all([...room.sessions.values()].map((session) => session.close()));
      await room.settled();
    },
  };
}

async function open(
  system: SystemContext,
  room: SessionRoom,
  request: McpRequest,
  principal: Principal,
): Promise<Response> {
  if (!isInitializeRequest(request.body)) {
    const message = "Bad Request: send initialize first, then every request with its Mcp-Session-Id";
    return rpcError(400, -32000, message);
  }
  const opened = await openSession(system, room, request, principal);
  if (opened instanceof Response) return opened;
  await recordRefusal(system, principal, "session.open", "rate_limited");
  const message = "There are as many sessions as there may be. Close one.";
  return rpcError(429, -32000, message, { "retry-after": "60" });
}

async function refresh(system: SystemContext, room: SessionRoom, clientId?: string): Promise<void> {
  room.noteRefresh();
  const affected = [...room.sessions.values()].filter(
    ({ principal }) => !clientId || principal.clientId === clientId,
  );
  try {
    await refreshPrincipals(system, affected, (session, principal) =>
      principal ? session.setPrincipal(principal) : session.close(),
    );
  } finally {
    await deleteSessionsOfDeadKeys(system.database.system, clientId, system.clock.now());
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

function stopping(): AppError {
  return new AppError("unavailable", "This server is stopping.", {
    advice: "Open the stream again; another one answers.",
    retryAfterSeconds: 1,
  });
}
