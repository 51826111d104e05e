/** How soon a client should come back to a stream that broke. */
export const STREAM_RETRY_MS = 500;
// Shorter than what proxies take for silence; as often as the SDK on the streams of calls.
const HEARTBEAT_MS = 15_000;
// Whoever reads so slowly that this much piles up is dropped, and comes back to what is left.
const BUFFER_LIMIT_BYTES = 1024 * 1024;

export interface EventStreamOptions {
  readonly sessionId: string;
  /**
   * An event without content at the start, so that the client has a place to come back to before it has heard anything.
   * Only clients of 2025-11-25 take it.
   */
  readonly firstEventId: string | undefined;
  /** Told once, whoever ended the stream. */
  readonly onEnd: () => void;
}

/** A session's stream of notifications (Server-Sent Events). */
export interface EventStream {
  readonly response: Response;
  send(eventId: string, message: object): void;
  end(): void;
}

/** Opens the stream. It is ours and not the SDK's, whose stream neither tells of its end nor says what an event's id is for. */
export function createEventStream({ sessionId, firstEventId, onEnd }: EventStreamOptions): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stop = (): void => {
    if (!controller) return;
    controller = undefined;
    clearInterval(heartbeat);
    onEnd();
  };
  const end = (): void => {
    controller?.close();
    stop();
  };
  const write = (text: string): void => {
    if (!controller) return;
    if ((controller.desiredSize ?? 0) <= 0) return end();
    controller.enqueue(encoder.encode(text));
  };
  const heartbeat = setInterval(() => write(": keepalive\n\n"), HEARTBEAT_MS);
  heartbeat.unref();
  const body = new ReadableStream<Uint8Array>(
    {
      start(opened) {
        controller = opened;
      },
      cancel: stop,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_LIMIT_BYTES }),
  );
  if (firstEventId) write(`id: ${firstEventId}\nretry: ${STREAM_RETRY_MS}\ndata: \n\n`);
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "mcp-session-id": sessionId,
  };
  return {
    response: new Response(body, { headers }),
    send: (eventId, message) =>
      write(`event: message\nid: ${eventId}\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`),
    end,
  };
}
