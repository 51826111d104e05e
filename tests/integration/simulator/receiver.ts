import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A POST the business's side got. */
export interface Received {
  at: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A tiny business: it takes webhooks and remembers them. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The HTTP status for the next POSTs, or undefined for no answer at all. It may look at the body first. */
  answerWith: (received: Received) => number | undefined;
  /** Forgets what came and moves to a new address. */
  renew(): void;
  /** Stops listening and cuts what is open; `start` listens on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a business with the given verify token. */
export async function startReceiver(verifyToken: string): Promise<Receiver> {
  let server: Server | undefined;
  let port = 0;
  const receiver: Receiver = { url: "", received: [], answerWith: () => 200, renew, stop, start };
  let address = 0;

  function renew(): void {
    address += 1;
    receiver.url = `http://127.0.0.1:${port}/webhook/${address}`;
    receiver.received = [];
    receiver.answerWith = () => 200;
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const query = new URL(request.url ?? "/", "http://receiver").searchParams;
        if (request.method === "GET") {
          const known = query.get("hub.verify_token") === verifyToken;
          response.statusCode = known ? 200 : 403;
          response.end(known ? query.get("hub.challenge") : "");
          return;
        }
        const body = Buffer.concat(chunks).toString("utf8");
        const received = { at: performance.now(), headers: request.headers, body };
        // What an earlier test left on the wire has an earlier address.
        if (receiver.url.endsWith(request.url ?? "")) receiver.received.push(received);
        const status = receiver.answerWith(received);
        if (status !== undefined) response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    const stopped = new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    await stopped;
  }

  await start();
  renew();
  return receiver;
}
