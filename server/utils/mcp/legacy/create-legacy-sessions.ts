import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { recordAudit } from "../../audit/record-audit";
import { findLivingPrincipal } from "../../auth/find-living-principal";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError, type ErrorCode } from "../../errors";
import { describeError } from "../../log";
import type { McpRequest } from "../mcp-request";
import { rpcAppError, rpcError } from "../rpc-error";
import type { McpSurface } from "../surface";
import { createSessionRoom, type SessionRoom } from "./create-session-room";
import { createSessionMaintenance } from "./create-session-maintenance";
import { openSession } from "./open-session";
import { readSessionNews } from "./session-news";
import { deleteSessionsOfDeadKeys, findExisting } from "./store";

export interface LegacySessions {
  /** Begins to hear of what other processes do with sessions; resolves once the database has confirmed it. */
  start(): Promise<void>;
  /** Answers a request of the 2025 era. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /** Gives the sessions of a client, or all, what their keys may do now, and ends those whose key is not good any more. */
  refresh(clientId?: string): Promise<void>;
  /** What has to be done every second: see `create-session-maintenance.ts`. */
  maintain(): Promise<void>;
  /** Ends streams and waits, so that clients go on at another process. Calls that are at work finish, and sessions stay. */
  drain(): Promise<void>;
  /** Forgets all sessions here. They stay, for other processes. */
  close(): Promise<void>;
  readonly size: number;
}

/** The sessions of 2025-era clients, each bound to the key that opened it. Any process can take up any of them. */
export function createLegacySessions(system: SystemContext, surface: McpSurface): LegacySessions {
  const room = createSessionRoom(system, surface);
  let isDraining = false;
  return {
    get size() {
      return room.sessions.size;
    },
    start: () =>
      system.database.listen(
        "wamcp_sessions",
        (payload) => {
          const news = readSessionNews(payload);
          if (news) room.hear(news);
        },
        () => {
          reconcile(system, room).catch((error: unknown) =>
            system.log.warn("sessions were not compared:", describeError(error)),
          );
        },
      ),
    async handle(request, principal) {
      if (isDraining && request.web.method === "GET") return rpcAppError(stopping());
      if (request.sessionId === undefined) return open(system, room, request, principal);
      const session = await room.find(request.sessionId, principal);
      if (session) return session.handle(request, principal);
      // As a call counts: or made-up sessions would fill the record.
      await requireRatePermit(system.database, principal);
      await recordRefusal(system, principal, "session.use", "not_found");
      return rpcError(404, -32001, "Session not found");
    },
    refresh: (clientId) => refresh(system, room, clientId),
    maintain: createSessionMaintenance(system, room),
    async drain() {
      isDraining = true;
      for (const session of room.sessions.values()) session.release();
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
  const now = system.clock.now();
  const affected = [...room.sessions.values()].filter(
    ({ principal }) => !clientId || principal.clientId === clientId,
  );
  for (const keyId of new Set(affected.map(({ principal }) => principal.keyId))) {
    const principal = await findLivingPrincipal(system.database, keyId, now);
    for (const session of affected.filter((candidate) => candidate.principal.keyId === keyId)) {
      await (principal ? session.setPrincipal(principal) : session.close());
    }
  }
  await deleteSessionsOfDeadKeys(system.database.system, clientId, now);
}

// After a reconnect: what was told in between is lost.
async function reconcile(system: SystemContext, room: SessionRoom): Promise<void> {
  const held = [...room.sessions.values()];
  if (held.length === 0) return;
  const rows = await findExisting(
    system.database.system,
    held.map(({ id }) => id),
  );
  const existing = new Map(rows.map(({ id, subscriptions }) => [id, subscriptions]));
  for (const session of held) {
    const subscriptions = existing.get(session.id);
    if (subscriptions) session.streams.current?.subscriptions.reconcile(subscriptions);
    else await session.close();
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
