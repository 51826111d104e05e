import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connectFirst } from "./connect-first";
import { forwardRequest } from "./forward-request";

// As long as the server itself keeps connections.
const KEEP_ALIVE_MS = 75_000;

/** A loopback address in front of several servers. */
export interface Balancer {
  close(): Promise<void>;
}

/**
 * Starts what nginx is in production: requests go to any of the servers, and to the next one when that refuses the
 * connection. A request that may have been received is never sent again. Nothing sticks to a server: any of them takes up
 * any session.
 */
export async function startBalancer(port: number, upstreamPorts: readonly number[]): Promise<Balancer> {
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Not in turn: calls that come in a fixed rhythm would always meet the same server.
    const start = Math.floor(Math.random() * upstreamPorts.length);
    const socket = await connectFirst([...upstreamPorts.slice(start), ...upstreamPorts.slice(0, start)]);
    if (socket) {
      forwardRequest(request, response, socket);
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
