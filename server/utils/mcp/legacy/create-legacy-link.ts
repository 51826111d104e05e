import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { JSONRPCMessage, ServerNotification, ServerRequest } from "@modelcontextprotocol/sdk/types.js";
import type { ClientLink } from "../client-link";
import type { Questions } from "./answers/create-questions";

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** The client of one request of a session. What is asked goes out on the stream of the very call that wants to know. */
export function createLegacyLink(server: Server, extra: Extra, questions: Questions): ClientLink {
  const { closeSSEStream } = extra;
  return {
    era: "legacy",
    capabilities: server.getClientCapabilities() ?? {},
    progressToken: extra._meta?.progressToken,
    notify: (method, params) => extra.sendNotification({ method, params } as ServerNotification),
    request: (method, params, { timeoutMs }) =>
      questions.ask({
        method,
        params,
        timeoutMs,
        signal: extra.signal,
        send: async (message) =>
          server.transport?.send(message as JSONRPCMessage, { relatedRequestId: extra.requestId }),
      }),
    ...(closeSSEStream ? { endStream: closeSSEStream } : {}),
  };
}
