import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connectFirst } from "#dev/stack/connect-first";
import { forwardRequest } from "#dev/stack/forward-request";

/** A loopback address that adds a key to whatever it passes on. */
export interface KeyProxy {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Stands before a server for clients that can send no header of their own. Nothing else is changed, Host and Origin least of all:
 * event streams run through, and when one side leaves so does the other.
 */
export async function startKeyProxy(targetOrigin: string, apiKey: string): Promise<KeyProxy> {
  const targetPort = Number(new URL(targetOrigin).port);
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.headers.authorization = `Bearer ${apiKey}`;
    const socket = await connectFirst([targetPort]);
    if (socket) forwardRequest(request, response, socket);
    else
      response
        .writeHead(502, { "content-type": "text/plain" })
        .end("Bad Gateway: the server does not listen\n");
  };
  const server = createServer((request, response) => void pass(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
