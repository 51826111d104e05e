import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What was asked of the stub. */
export interface StubbedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown> | undefined;
  readonly authorization: string | undefined;
}

export interface GraphStub {
  readonly url: string;
  readonly requests: StubbedRequest[];
  /** How every request is answered from now on. */
  answer(status: number, body: unknown): void;
  close(): Promise<void>;
}

/** A Graph API on a free port whose answers a test chooses. */
export async function startGraphStub(): Promise<GraphStub> {
  const requests: StubbedRequest[] = [];
  let next = { status: 200, body: { success: true } as unknown };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request);
    requests.push({
      method: request.method ?? "",
      path: request.url ?? "",
      body: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>),
      authorization: request.headers.authorization,
    });
    response.writeHead(next.status, { "content-type": "application/json" });
    response.end(typeof next.body === "string" ? next.body : JSON.stringify(next.body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (status, body) => {
      next = { status, body };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
