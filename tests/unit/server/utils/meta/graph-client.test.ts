import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGraphClient } from "#server/utils/meta/graph-client";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { listen } from "../../helpers/listen";

const TOKEN = "EAAB-secret-token";
const TEXT = "private words";
const payload = { type: "text", text: { body: TEXT } };

interface Exchange {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A Graph that answers as told, after the whole request has arrived. */
async function serveGraph(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const exchanges: Exchange[] = [];
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      exchanges.push({ request, body });
      answer(response, request);
    });
  };
  const listening = await listen(listener);
  onTestFinished(listening.stop);
  return { ...listening, exchanges };
}

async function send(baseUrl: string, timeoutMs = 5_000, accessToken = TOKEN): Promise<SendOutcome> {
  const client = createGraphClient({ baseUrl, version: "v23.0", timeoutMs });
  const outcome = await client.sendMessage({ phoneNumberId: "106540352242922", accessToken, payload });
  expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  expect(JSON.stringify(outcome)).not.toContain(TEXT);
  return outcome;
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json", "x-fb-trace-id": "trace" });
  response.end(JSON.stringify(body));
};

describe("createGraphClient", () => {
  it("posts the payload once, to the number's messages, with the token", async () => {
    const graph = await serveGraph((response) => json(response, 200, { messages: [{ id: "wamid.A" }] }));
    expect(await send(graph.url)).toEqual({ kind: "accepted", wamid: "wamid.A", traceId: "trace" });
    expect(graph.exchanges).toHaveLength(1);
    const { request, body } = graph.exchanges[0]!;
    expect([request.method, request.url]).toEqual(["POST", "/v23.0/106540352242922/messages"]);
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
    });
    expect(JSON.parse(body)).toEqual(payload);
  });

  it("reads a refusal", async () => {
    const error = { code: 131047, type: "OAuthException", message: `the text was ${TEXT}` };
    const graph = await serveGraph((response) => json(response, 400, { error }));
    expect(await send(graph.url)).toMatchObject({
      kind: "failed",
      error: {
        code: 131047,
        reason: "the person's 24-hour window is closed",
        httpStatus: 400,
        traceId: "trace",
      },
    });
  });

  it("may try again when the connection was refused: nothing was sent", async () => {
    const graph = await serveGraph(() => {});
    await graph.stop();
    expect(await send(graph.url)).toMatchObject({
      kind: "retry",
      error: { reason: "connection failed (ECONNREFUSED)" },
    });
  });

  it("may try again when the name does not resolve", async () => {
    // A resolver may take several seconds to say so.
    const outcome = await send("http://graph.invalid", 18_000);
    expect(outcome.kind).toBe("retry");
    expect(outcome).toMatchObject({
      error: { reason: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string },
    });
  });

  it("may try again when no encrypted connection came about: nothing was sent", async () => {
    const graph = await serveGraph(() => {});
    const outcome = await send(graph.url.replace("http:", "https:"));
    expect(outcome).toMatchObject({
      kind: "retry",
      error: { reason: expect.stringMatching(/SSL/) as string },
    });
    expect(graph.exchanges).toHaveLength(0);
  });

  it("is uncertain when the connection breaks after the request and before the answer", async () => {
    const graph = await serveGraph((_, request) => request.socket.resetAndDestroy());
    const outcome = await send(graph.url);
    expect(outcome.kind).toBe("uncertain");
    expect(graph.exchanges).toHaveLength(1);
  });

  it("is uncertain when the server closes without an answer", async () => {
    const graph = await serveGraph((_, request) => request.socket.end());
    expect(await send(graph.url)).toMatchObject({ kind: "uncertain" });
    expect(graph.exchanges).toHaveLength(1);
  });

  it("is uncertain when the connection breaks in the middle of the answer", async () => {
    const graph = await serveGraph((response, request) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"messages":[{"id":"wamid.A"}]', () => request.socket.resetAndDestroy());
    });
    expect(await send(graph.url)).toMatchObject({ kind: "uncertain" });
  });

  it("is uncertain when no answer comes in time", async () => {
    const graph = await serveGraph(() => {});
    expect(await send(graph.url, 50)).toMatchObject({
      kind: "uncertain",
      error: { reason: "no answer in time" },
    });
  });

  it("is uncertain when the answer begins in time and does not end", async () => {
    const graph = await serveGraph((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"messages":[');
    });
    expect(await send(graph.url, 100)).toMatchObject({ kind: "uncertain" });
  });

  it("is uncertain about an HTML page from a proxy", async () => {
    const graph = await serveGraph((response) => {
      response.writeHead(502, { "content-type": "text/html" });
      response.end("<html><h1>502 Bad Gateway</h1></html>");
    });
    expect(await send(graph.url)).toMatchObject({
      kind: "uncertain",
      error: { reason: "Graph's answer is not JSON", httpStatus: 502 },
    });
  });

  it("is uncertain about a server that does not speak HTTP", async () => {
    const server = createServer(
      (socket: Socket) => void socket.on("error", () => {}).end("SSH-2.0-server\r\n"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect((await send(`http://127.0.0.1:${port}`)).kind).toBe("uncertain");
  });

  it.each([301, 302, 303, 307, 308])(
    "follows no redirect (%i): the token goes to one host only",
    async (status) => {
      const elsewhere = await serveGraph((response) =>
        json(response, 200, { messages: [{ id: "wamid.A" }] }),
      );
      const graph = await serveGraph((response) => {
        response.writeHead(status, { location: `${elsewhere.url}/v23.0/1/messages` });
        response.end();
      });
      expect((await send(graph.url)).kind).toBe("uncertain");
      expect(elsewhere.exchanges).toHaveLength(0);
      expect(graph.exchanges).toHaveLength(1);
    },
  );

  it("never repeats a request by itself", async () => {
    const graph = await serveGraph((response) => json(response, 503, { error: { code: 2 } }));
    expect((await send(graph.url)).kind).toBe("uncertain");
    expect(graph.exchanges).toHaveLength(1);
  });

  it("does not throw for a token that no header can hold, and does not show it", async () => {
    const graph = await serveGraph(() => {});
    const outcome = await send(graph.url, 5_000, `${TOKEN}\nx: y`);
    expect(outcome.kind).not.toBe("accepted");
    expect(graph.exchanges).toHaveLength(0);
  });
});
