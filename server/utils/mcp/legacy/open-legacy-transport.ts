import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import type { McpRequest } from "../mcp-request";
import type { McpSurface } from "../surface";
import { createAnswerStore, type AnswerStore } from "./answers/create-answer-store";
import type { Questions } from "./answers/create-questions";
import { createLegacyServer, type LegacyServerHost } from "./create-legacy-server";
import { STREAM_RETRY_MS } from "./streams/create-event-stream";

/** The SDK's half of a session: it answers what is posted. */
export interface LegacyTransport {
  /**
   * Answers a POST, or a GET that asks for the rest of an answer.
   *
   * @param signal aborted when the call should come to its end
   */
  handle(request: McpRequest, principal: Principal, signal: AbortSignal): Promise<Response>;
  readonly answers: AnswerStore;
  /** Whether a request is at work. */
  readonly isBusy: boolean;
  close(): Promise<void>;
}

export interface LegacyTransportOptions {
  readonly surface: McpSurface;
  readonly system: Pick<SystemContext, "clock" | "log">;
  readonly sessionId: string;
  readonly questions: Questions;
  readonly host: Omit<LegacyServerHost, "questions" | "track" | "log" | "initialize">;
  /** What the client said first. */
  readonly initialize: Record<string, unknown>;
}

/** Connects a server of the SDK to a transport of its own. */
export async function openLegacyTransport(options: LegacyTransportOptions): Promise<LegacyTransport> {
  const { system, surface, sessionId, questions, host, initialize } = options;
  const { clock, log } = system;
  const answers = createAnswerStore(() => clock.now());
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => sessionId,
    retryInterval: STREAM_RETRY_MS,
    eventStore: answers,
  });
  let calls = 0;
  const track = async <T>(work: Promise<T>): Promise<T> => {
    calls += 1;
    try {
      return await work;
    } finally {
      calls -= 1;
    }
  };
  const server = createLegacyServer(surface, { ...host, initialize, questions, track, log });
  await server.connect(transport);
  return {
    answers,
    get isBusy() {
      return calls > 0;
    },
    handle: (request, { keyId, scopes }, connection) =>
      answers.answering(readRequestIds(request.body), () =>
        transport.handleRequest(request.web, {
          parsedBody: request.body,
          authInfo: { token: "redacted", clientId: keyId, scopes: [...scopes], extra: { connection } },
        }),
      ),
    close: () => server.close(),
  };
}

function readRequestIds(body: unknown): unknown[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body];
  return messages.flatMap((message) =>
    typeof message === "object" && message !== null && "id" in message && "method" in message
      ? [message.id]
      : [],
  );
}
