import type { H3Event } from "h3";
import { once } from "node:events";
import type { ServerResponse } from "node:http";

// A client that lets this much of an event stream pile up is dropped: SDK streams know no back-pressure.
const BUFFER_LIMIT_BYTES = 1024 * 1024;
// A stream that ends within this time is an answer like any other. Most calls are answered by then.
const SHORT_STREAM_MS = 20;
const SHORT_STREAM_LIMIT_BYTES = 64 * 1024;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Writes a web `Response` to the client and notices when the client leaves. h3 1 does not: its `sendStream`
 * never cancels the body and ignores back-pressure (h3 issue 1045; a second event stream is then refused for ever).
 */
export async function sendWebResponse(event: H3Event, response: Response): Promise<void> {
  const { res } = event.node;
  event._handled = true;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // The connection is Node's affair: the SDK's "keep-alive" would hold one open that the client wants closed (RFC 9112, 9.6).
    if (name !== "connection") res.setHeader(name, value);
  }
  if (!response.body) {
    res.end();
    return;
  }
  const reader = response.body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  // A client that has left already closes no more.
  if (res.destroyed) return cancel();
  res.once("close", cancel);
  const isEventStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  try {
    const short = isEventStream && event.method !== "GET" ? await readShortStream(reader) : undefined;
    if (short?.isWhole) return void res.end(short.chunks);
    // A stream may be ended here at any time, and a proxy that takes its connection for another request then would lose that one.
    if (isEventStream) res.setHeader("connection", "close");
    // The headers of a silent stream must not wait for its first event.
    if (isEventStream) res.flushHeaders();
    if (short) res.write(short.chunks);
    for (let next = short?.next ?? reader.read(); ; next = reader.read()) {
      const { done, value } = await next;
      if (done || res.destroyed) break;
      // Looked at before the write, so that one large event alone drops nobody.
      if (isEventStream && res.writableLength > BUFFER_LIMIT_BYTES) res.destroy();
      else if (!res.write(value) && !isEventStream) await waitForDrain(res);
    }
    res.end();
  } catch {
    res.destroy();
  } finally {
    res.off("close", cancel);
    cancel();
  }
}

// What a stream says at once, whether that was all, and what it says next.
async function readShortStream(reader: Reader) {
  const chunks: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, SHORT_STREAM_MS, "late")));
  try {
    for (let lengthBytes = 0; ;) {
      const next = reader.read();
      const result = lengthBytes > SHORT_STREAM_LIMIT_BYTES ? "late" : await Promise.race([next, late]);
      if (result === "late") return { chunks: Buffer.concat(chunks), isWhole: false, next };
      if (result.done) return { chunks: Buffer.concat(chunks), isWhole: true };
      chunks.push(result.value);
      lengthBytes += result.value.length;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function waitForDrain(res: ServerResponse): Promise<void> {
  if (res.destroyed) return;
  const stop = new AbortController();
  const close = once(res, "close", { signal: stop.signal }).catch(() => {});
  const drain = once(res, "drain", { signal: stop.signal }).catch(() => {});
  await Promise.race([close, drain]);
  stop.abort();
}
