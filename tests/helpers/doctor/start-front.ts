import { once } from "node:events";
import { createServer } from "node:https";
import { request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Certificate } from "#tests/helpers/tls/create-certificate";

/** What stands in front of the server, as nginx does. */
export interface Front {
  readonly port: number;
  /** Shows another certificate from now on. */
  show(certificate: Certificate): void;
  /** Answers by itself instead of passing on, nothing at all with 0; only one method when it is named; undefined passes on again. */
  answer(status: number | undefined, method?: string): void;
  close(): Promise<void>;
}

/** Ends TLS and passes on to a server. */
export async function startFront(origin: string, certificate: Certificate): Promise<Front> {
  let own: { readonly status: number; readonly method: string | undefined } | undefined;
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const upstream = forward(`${origin}${request.url}`, {
      method: request.method,
      headers: request.headers,
      agent: false,
    });
    upstream.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.once("error", () => response.destroy());
    request.pipe(upstream);
  };
  const server = createServer({ cert: certificate.pem, key: certificate.keyPem }, (request, response) => {
    const isOwn = own && (own.method === undefined || own.method === request.method);
    if (!own || !isOwn) return pass(request, response);
    if (own.status > 0) response.writeHead(own.status, { location: "https://elsewhere.example/" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    show: ({ pem, keyPem }) => server.setSecureContext({ cert: pem, key: keyPem }),
    answer(status, method) {
      own = status === undefined ? undefined : { status, method };
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
