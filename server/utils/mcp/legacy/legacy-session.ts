import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { describeError } from "../../log";
import type { McpRequest } from "../mcp-request";
import { createLegacyServer } from "./create-legacy-server";
import { createSubscriptions } from "./create-subscriptions";

// How soon a client should come back to a stream that broke.
const STREAM_RETRY_MS = 500;

/** One session of a 2025-era client: its transport, its server, what it subscribed to. */
export interface LegacySession {
  readonly keyId: string;
  readonly clientId: string;
  lastSeenMs: number;
  /** Answers one HTTP request of this session. */
  handle(request: McpRequest, principal: Principal): Promise<Response>;
  /** Replaces what the key may do, from now on. */
  setPrincipal(principal: Principal): void;
  /** Tells that the session's event stream was opened or has ended. */
  setStreaming(isStreaming: boolean): void;
  isStreaming(): boolean;
  close(): Promise<void>;
}

export interface LegacySessionOptions {
  readonly system: SystemContext;
  readonly sessionId: string;
  readonly principal: Principal;
  readonly onClosed: () => void;
}

/** Opens a session and ties it to the change feed. */
export async function openLegacySession(options: LegacySessionOptions): Promise<LegacySession> {
  const { system, sessionId, onClosed } = options;
  let { principal } = options;
  const subscriptions = createSubscriptions({
    changes: system.changes,
    principal: () => principal,
    notify: (uri) => {
      server.sendResourceUpdated({ uri }).catch((error: unknown) => {
        system.log.debug("a notification was not sent:", describeError(error));
      });
    },
  });
  const ended = new AbortController();
  const end = (): void => {
    // Calls that wait end with the session: a revoked key hears nothing more.
    ended.abort();
    subscriptions.end();
    onClosed();
  };
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => sessionId,
    onsessionclosed: end,
    retryInterval: STREAM_RETRY_MS,
  });
  const server = createLegacyServer(system, { principal: () => principal, ...subscriptions });
  await server.connect(transport);

  const session: LegacySession = {
    keyId: principal.keyId,
    clientId: principal.clientId,
    lastSeenMs: system.clock.now().getTime(),
    async handle(request, current) {
      principal = current;
      session.lastSeenMs = system.clock.now().getTime();
      const extra = { connection: AbortSignal.any([request.connection, ended.signal]) };
      return transport.handleRequest(request.web, {
        parsedBody: request.body,
        authInfo: { token: "redacted", clientId: current.keyId, scopes: [...current.scopes], extra },
      });
    },
    setPrincipal(current) {
      principal = current;
    },
    setStreaming: subscriptions.setStreaming,
    isStreaming: subscriptions.isStreaming,
    async close() {
      end();
      await server.close();
    },
  };
  return session;
}
