import { readEvents } from "./read-events";

/** Where a stream had got to when it ended or broke. */
export interface StreamPosition {
  /** The last event id; absent when the stream cannot be resumed. */
  readonly cursor?: string;
  /** Pause before reconnecting that the server asked for, in milliseconds. */
  readonly retryMs?: number;
}

/** What {@link readAnswer} made of a response body. */
export type Answer =
  | ({ readonly kind: "ended" } & StreamPosition)
  | ({ readonly kind: "broken"; readonly error: unknown } & StreamPosition)
  | { readonly kind: "not_mcp"; readonly contentType: string };

/**
 * Reads the body of a 2xx answer, be it JSON or an event stream, and hands over each message's text in
 * order. The next one is read only when `deliver` has finished, so a slow host slows the server down.
 * `onActivity` hears of every event, keep-alives included.
 */
export async function readAnswer(
  response: Response,
  deliver: (text: string) => Promise<void>,
  onActivity: (isKeepAlive: boolean) => void = () => {},
): Promise<Answer> {
  const contentType = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (response.status === 202 || response.status === 204 || response.body === null) {
    await response.body?.cancel();
    return { kind: "ended" };
  }
  if (contentType !== "text/event-stream" && contentType !== "application/json") {
    await response.body.cancel();
    return { kind: "not_mcp", contentType: contentType || "no content type" };
  }
  let position: StreamPosition = {};
  try {
    if (contentType === "application/json") {
      await deliver(await response.text());
      return { kind: "ended" };
    }
    for await (const event of readEvents(response.body)) {
      // An empty id takes the cursor back (WHATWG HTML 9.2.6).
      if (event.id !== undefined) position = withCursor(position, event.id);
      if (event.retryMs !== undefined) position = { ...position, retryMs: event.retryMs };
      onActivity(Object.keys(event).length === 0);
      if (event.data && (event.name ?? "message") === "message") await deliver(event.data);
    }
    return { kind: "ended", ...position };
  } catch (error) {
    return { kind: "broken", error, ...position };
  }
}

function withCursor({ retryMs }: StreamPosition, id: string): StreamPosition {
  return { ...(retryMs !== undefined && { retryMs }), ...(id !== "" && { cursor: id }) };
}
