import { setTimeout as pause } from "node:timers/promises";
import { SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import type { McpRequest } from "../../mcp-request";
import { rpcError } from "../../rpc-error";
import { openSessionStream, type SessionStream, type SessionStreamOptions } from "./open-session-stream";

// The first version whose clients take an event without content.
const FIRST_EVENT_SINCE = "2025-11-25";

// As soon as clients are told to come back. Streams are slowed down and never refused by the key's rate: who lost his stream
// while he made many calls would give up and hear nothing any more.
const APART_MS = 500;

/** The one stream of notifications that a session has. */
export interface StreamHolder {
  readonly current: SessionStream | undefined;
  /** Answers a GET with a new stream. `gone` when there is no such session any more. */
  open(request: McpRequest): Promise<Response | "gone">;
}

/** Opens streams, one after another: that the old one's socket is dead is often known to the client alone. */
export function createStreamHolder(
  options: Omit<SessionStreamOptions, "lastEventId" | "takesFirstEvent">,
): StreamHolder {
  let current: SessionStream | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  let openedMs = Number.NEGATIVE_INFINITY;
  const onEnd = (ended: SessionStream): void => {
    if (current === ended) current = undefined;
    options.onEnd(ended);
  };
  return {
    get current() {
      return current;
    },
    async open({ web: { headers }, connection }) {
      const refusal = refuse(headers);
      if (refusal) return refusal;
      const former = current;
      const stream = openSessionStream({
        ...options,
        onEnd,
        lastEventId: headers.get("last-event-id") ?? undefined,
        takesFirstEvent: (headers.get("mcp-protocol-version") ?? "") >= FIRST_EVENT_SINCE,
      });
      // Known from now on, so that it misses nothing of what is told of the session.
      current = stream;
      former?.end();
      // In the order in which they came, or an older one could be told that it is the newest.
      const opened = opening.then(async () => {
        const earlyMs = openedMs + APART_MS - performance.now();
        if (current === stream && earlyMs > 0) await pause(earlyMs);
        // A newer one may have come in the meantime.
        if (current !== stream) return "lost";
        openedMs = performance.now();
        return stream.open();
      });
      opening = opened.catch(() => stream.end());
      const response = await opened;
      if (connection.aborted) stream.end();
      return response === "lost"
        ? rpcError(409, -32000, "A newer stream has taken the place of this one.")
        : response;
    },
  };
}

function refuse(headers: Headers): Response | undefined {
  if (!headers.get("accept")?.includes("text/event-stream")) {
    return rpcError(406, -32000, "Not Acceptable: Client must accept text/event-stream");
  }
  const version = headers.get("mcp-protocol-version");
  if (version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return undefined;
  const known = SUPPORTED_PROTOCOL_VERSIONS.join(", ");
  return rpcError(400, -32000, `Bad Request: Unsupported protocol version (supported versions: ${known})`);
}
