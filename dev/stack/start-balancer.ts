import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connectFirst } from "./connect-first";
import { forwardRequest } from "./forward-request";

// Bounds what is remembered of sessions that nobody closed; the oldest goes.
const SESSION_LIMIT = 10_000;
// As long as the server itself keeps connections.
const KEEP_ALIVE_MS = 75_000;

/** A loopback address in front of several servers. */
export interface Balancer {
  close(): Promise<void>;
}

/**
 * Starts what nginx is in production: requests go to any of the servers, and to the next one when that refuses the
 * connection. A request that may have been received is never sent again. Sessions live in one process, so an
 * Mcp-Session-Id stays with the server that opened it for as long as that answers.
 */
export async function startBalancer(port: number, upstreamPorts: readonly number[]): Promise<Balancer> {
  const sessions = createSessionMap();
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const home = sessions.find(request.headers["mcp-session-id"]);
    // Not in turn: calls that come in a fixed rhythm would always meet the same server.
    const any = Math.floor(Math.random() * upstreamPorts.length);
    const start = home === undefined ? any : upstreamPorts.indexOf(home);
    const upstream = await connectFirst([...upstreamPorts.slice(start), ...upstreamPorts.slice(0, start)]);
    if (upstream) {
      forwardRequest(request, response, upstream.socket, (id) => sessions.remember(id, upstream.port));
    } else {
      response.writeHead(502, { "content-type": "text/plain" }).end("Bad Gateway: no server listens\n");
    }
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void pass(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createSessionMap() {
  const homes = new Map<string, number>();
  return {
    find: (sessionId: string | string[] | undefined): number | undefined =>
      typeof sessionId === "string" ? homes.get(sessionId) : undefined,
    remember(sessionId: string, upstreamPort: number): void {
      homes.set(sessionId, upstreamPort);
      const [oldest] = homes.keys();
      if (homes.size > SESSION_LIMIT && oldest !== undefined) homes.delete(oldest);
    },
  };
}
