import {
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";

/** Headers that speak of one connection and not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"]);

/**
 * Passes a request on over an open connection and its answer back as it comes, event streams included. When either end
 * breaks, so does the other: what happened to the request is for the caller to judge, as without anything in between.
 */
export function forwardRequest(request: IncomingMessage, response: ServerResponse, socket: Socket): void {
  const { method, url, headers } = request;
  const outgoing = send({
    createConnection: () => socket,
    method,
    path: url,
    headers: { ...withoutHopByHop(headers), connection: "close", ...bodyLength(headers) },
  });
  const cut = (): void => void response.socket?.destroy();
  outgoing.once("error", cut);
  outgoing.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    response.flushHeaders();
    answer.once("error", cut);
    answer.pipe(response);
  });
  response.once("close", () => outgoing.destroy());
  request.once("error", () => outgoing.destroy());
  request.pipe(outgoing);
}

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

// A body of unknown length goes on in chunks; without either header the server would read none.
function bodyLength(headers: IncomingHttpHeaders): Record<string, string> {
  return headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" };
}
