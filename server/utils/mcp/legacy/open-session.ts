import { randomUUID } from "node:crypto";
import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { isDataError } from "../../is-data-error";
import type { McpRequest } from "../mcp-request";
import { rpcAppError, rpcError } from "../rpc-error";
import type { SessionRoom } from "./create-session-room";
import { insertSession } from "./store";

// What clients say of themselves takes less than one of these.
const INITIALIZE_LIMIT_BYTES = 32 * 1024;

/**
 * Opens a session with what the client says first; `full` when the key, or this process, has as many as it may. Where there is
 * no room without somebody making it, it counts against the key's rate: else one client could turn sessions over all day.
 */
export async function openSession(
  system: SystemContext,
  room: SessionRoom,
  request: McpRequest,
  principal: Principal,
): Promise<Response | "full"> {
  const { params: initialize = {} } = request.body as { params?: Record<string, unknown> };
  if (Buffer.byteLength(JSON.stringify(initialize)) > INITIALIZE_LIMIT_BYTES) {
    return rpcError(413, -32600, `initialize may have ${INITIALIZE_LIMIT_BYTES} bytes`);
  }
  const sessionId = randomUUID();
  const { generation } = room;
  const session = room.add({ sessionId, initialize, isNew: true, principal, lastSeenAt: system.clock.now() });
  if (!session) {
    await requireRatePermit(system.database.system, principal);
    return "full";
  }
  const discard = async <T>(answer: T, response?: Response): Promise<T> => {
    await session.close();
    await response?.body?.cancel();
    return answer;
  };
  const response = await session.handle(request, principal);
  if (!response.ok) return discard(response);
  const { clientId, keyId } = principal;
  const row = { id: sessionId, clientId, keyId, initialize };
  const outcome = await system.database
    .asSystem((tx) =>
      insertSession(tx, row, {
        limit: system.config.sessionsPerKey,
        now: system.clock.now(),
        onFull: () => requireRatePermit(tx, principal),
      }),
    )
    .catch(async (error: unknown) => {
      await discard(undefined, response);
      // A null character, say, which JSON can hold and the database cannot.
      if (!(error instanceof AppError) && isDataError(error))
        return rpcError(400, -32602, "initialize holds what cannot be stored");
      throw error;
    });
  if (outcome instanceof Response) return outcome;
  if (outcome === "full") return discard("full", response);
  const isGood = outcome === "opened" && (await room.confirm(session, generation));
  return isGood ? response : discard(rpcAppError(unauthorized()), response);
}

function unauthorized(): AppError {
  return new AppError("unauthorized", "This needs a valid API key.");
}
