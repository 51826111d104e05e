import { once } from "node:events";
import { get, request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { H3Event } from "h3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sendWebResponse } from "#server/utils/web-response";
import { defer } from "../helpers/defer";
import type { Listening } from "../helpers/listen";
import { serveEvent } from "../helpers/serve-event";
import { until } from "../helpers/until";

const MEBIBYTE = 1024 * 1024;
const EVENT_STREAM = { headers: { "content-type": "text/event-stream" } };

/** A body whose every move the test sees. It is fed without asking whether there is room, as the SDK does. */
function openBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const cancelled = vi.fn<(reason: unknown) => void>();
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: cancelled,
  });
  return {
    stream,
    cancelled,
    feed: (data: string | Uint8Array) =>
      controller?.enqueue(typeof data === "string" ? Buffer.from(data) : data),
    end: () => controller?.close(),
    fail: () => controller?.error(new Error("the body failed")),
  };
}

async function serve(
  answer: (event: H3Event) => Response | Promise<Response>,
): Promise<Listening & { done: ReturnType<typeof vi.fn> }> {
  const done = vi.fn();
  const listening = await serveEvent(async (event) => {
    await sendWebResponse(event, await answer(event));
    done();
  });
  onTestFinished(listening.stop);
  return { ...listening, done };
}

async function open(url: string): Promise<IncomingMessage> {
  const outgoing = get(url, { agent: false });
  outgoing.on("error", () => {});
  onTestFinished(() => void outgoing.destroy());
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return response;
}

/** Asks and then never reads a byte of the answer. */
async function askWithoutReading(port: number, method = "GET"): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(`${method} / HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n`);
  return socket;
}

describe("sendWebResponse", () => {
  it("passes status, headers and body on", async () => {
    const { url } = await serve(() => Response.json({ ok: true }, { status: 201, headers: { "x-a": "b" } }));
    const response = await fetch(url);
    expect([response.status, response.headers.get("x-a"), await response.json()]).toEqual([
      201,
      "b",
      { ok: true },
    ]);
  });

  it("leaves the connection to Node: one that the client wants closed is closed", async () => {
    const { url } = await serve(() => new Response("x", { headers: { connection: "keep-alive" } }));
    const response = await open(url);
    expect(response.headers.connection).toBe("close");
    response.resume();
    await once(response, "end");
  });

  it("ends an answer without a body", async () => {
    const { url, done } = await serve(() => new Response(null, { status: 202 }));
    const response = await fetch(url, { method: "POST" });
    expect([response.status, await response.text()]).toEqual([202, ""]);
    expect(done).toHaveBeenCalledOnce();
  });

  it("sends the headers of a silent event stream at once", async () => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream, EVENT_STREAM));
    const response = await open(url);
    expect(response.headers["content-type"]).toBe("text/event-stream");
    body.feed("data: 1\n\n");
    const [chunk] = (await once(response, "data")) as [Buffer];
    expect(chunk.toString()).toBe("data: 1\n\n");
  });

  it("sends each event as it comes", async () => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream, EVENT_STREAM));
    const response = await open(url);
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      body.feed(event);
      const [chunk] = (await once(response, "data")) as [Buffer];
      expect(chunk.toString()).toBe(event);
    }
  });

  it("keeps the connection of a call whose stream ends at once, and sends it in one piece", async () => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream, EVENT_STREAM));
    body.feed("id: 1\n\n");
    body.feed("data: 1\n\n");
    body.end();
    const response = await fetch(url, { method: "POST" });
    expect([response.headers.get("connection"), response.headers.get("content-length")]).toEqual([
      "keep-alive",
      "16",
    ]);
    expect(await response.text()).toBe("id: 1\n\ndata: 1\n\n");
  });

  it.each(["GET", "POST"])("closes the connection of a %s whose stream lasts", async (method) => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream, EVENT_STREAM));
    body.feed("data: 1\n\n");
    const response = await fetch(url, { method });
    body.feed("data: 2\n\n");
    body.end();
    expect([response.headers.get("connection"), await response.text()]).toEqual([
      "close",
      "data: 1\n\ndata: 2\n\n",
    ]);
  });

  it("cancels the body as soon as the client leaves a silent stream", async () => {
    const body = openBody();
    const { url, done } = await serve(() => new Response(body.stream, EVENT_STREAM));
    const response = await open(url);
    expect(body.cancelled).not.toHaveBeenCalled();
    response.destroy();
    await until(() => expect(body.cancelled).toHaveBeenCalledOnce());
    await until(() => expect(done).toHaveBeenCalledOnce());
  });

  it("cancels the body of a client that left before the answer began", async () => {
    const body = openBody();
    const asked = defer();
    const { url, done } = await serve(async (event) => {
      asked.resolve();
      await once(event.node.res, "close");
      return new Response(body.stream, EVENT_STREAM);
    });
    const outgoing = request(url, { agent: false }).on("error", () => {});
    outgoing.end();
    await asked.promise;
    outgoing.destroy();
    await until(() => expect(body.cancelled).toHaveBeenCalledOnce());
    await until(() => expect(done).toHaveBeenCalledOnce());
  });

  it("breaks the connection when the body fails, instead of ending as if it were whole", async () => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream));
    body.feed("the first half");
    const response = await open(url);
    const broken = once(response, "error");
    response.resume();
    body.fail();
    const [error] = (await broken) as [Error];
    expect(error).toMatchObject({ code: "ECONNRESET" });
  });

  it("delivers a large answer whole to a client that reads it", async () => {
    const large = new Uint8Array(32 * MEBIBYTE).fill(97);
    const { url } = await serve(() => new Response(large));
    const response = await fetch(url);
    expect((await response.arrayBuffer()).byteLength).toBe(large.length);
  });

  it("delivers an event larger than what may pile up, though it is the only one", async () => {
    const body = openBody();
    const { url } = await serve(() => new Response(body.stream, EVENT_STREAM));
    body.feed(new Uint8Array(32 * MEBIBYTE).fill(97));
    body.end();
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(32 * MEBIBYTE);
  });

  it.each(["GET", "POST"])("drops a client that lets the event stream of a %s pile up", async (method) => {
    const body = openBody();
    const { port, done } = await serve(() => new Response(body.stream, EVENT_STREAM));
    const socket = await askWithoutReading(port, method);
    await once(socket, "connect");
    // Far more than the two sockets hold between them.
    for (let index = 0; index < 32 * 16; index += 1) body.feed(new Uint8Array(MEBIBYTE / 16));
    await until(() => expect(body.cancelled).toHaveBeenCalledOnce());
    await until(() => expect(done).toHaveBeenCalledOnce());
  });

  it("takes no more of a body than a slow client can take, and all of it in the end", async () => {
    let pulled = 0;
    const total = 64;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (pulled === total) return controller.close();
          pulled += 1;
          controller.enqueue(new Uint8Array(MEBIBYTE));
        },
      },
      { highWaterMark: 0 },
    );
    let response: H3Event["node"]["res"] | undefined;
    const { url } = await serve((event) => {
      response = event.node.res;
      return new Response(stream);
    });
    const incoming = await open(url);
    await until(() => expect(response?.writableNeedDrain).toBe(true));
    expect(pulled).toBeLessThan(total);
    expect(response?.writableLength).toBeLessThanOrEqual(2 * MEBIBYTE);
    let received = 0;
    incoming.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    await once(incoming, "end");
    expect(received).toBe(total * MEBIBYTE);
  });

  it("lets go of a client that leaves while its answer waits for room", async () => {
    const cancelled = vi.fn();
    let response: H3Event["node"]["res"] | undefined;
    const { port, done } = await serve((event) => {
      response = event.node.res;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(MEBIBYTE / 2)),
        cancel: cancelled,
      });
      return new Response(stream);
    });
    const socket = await askWithoutReading(port);
    await until(() => expect(response?.writableNeedDrain).toBe(true));
    socket.destroy();
    await until(() => expect(cancelled).toHaveBeenCalledOnce());
    await until(() => expect(done).toHaveBeenCalledOnce());
  });

  it("leaves nothing on the response behind", async () => {
    let response: H3Event["node"]["res"] | undefined;
    const before: number[] = [];
    const { url, done } = await serve((event) => {
      response = event.node.res;
      before.push(response.listenerCount("close"), response.listenerCount("drain"));
      return new Response(new Uint8Array(8 * MEBIBYTE));
    });
    await (await fetch(url)).arrayBuffer();
    await until(() => expect(done).toHaveBeenCalledOnce());
    expect([response?.listenerCount("close"), response?.listenerCount("drain")]).toEqual(before);
  });
});
