import type { H3Event } from "h3";
import { once } from "node:events";
import type { ServerResponse } from "node:http";

// A reader that lets this much pile up in the socket is dropped: SDK streams know no back-pressure.
const BUFFER_LIMIT_BYTES = 1024 * 1024;

/**
 * Writes a web `Response` to the client and notices when the client leaves. h3 1 does not: its `sendStream`
 * never cancels the body and ignores back-pressure (h3 issue 1045; a second event stream is then refused for ever).
 */
export async function sendWebResponse(event: H3Event, response: Response): Promise<void> {
  const { res } = event.node;
  event._handled = true;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) res.setHeader(name, value);
  if (!response.body) {
    res.end();
    return;
  }
  const reader = response.body.getReader();
  const onClose = (): void => void reader.cancel().catch(() => {});
  res.once("close", onClose);
  const isEventStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  // The headers of a silent stream must not wait for its first event.
  if (isEventStream && event.method === "GET") res.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || res.destroyed) break;
      if (!res.write(value)) await waitForDrain(res);
    }
    res.end();
  } catch {
    res.destroy();
  } finally {
    res.off("close", onClose);
  }
}

async function waitForDrain(res: ServerResponse): Promise<void> {
  if (res.destroyed) return;
  if (res.writableLength > BUFFER_LIMIT_BYTES) {
    res.destroy();
    return;
  }
  const stop = new AbortController();
  const close = once(res, "close", { signal: stop.signal }).catch(() => {});
  const drain = once(res, "drain", { signal: stop.signal }).catch(() => {});
  await Promise.race([close, drain]);
  stop.abort();
}
