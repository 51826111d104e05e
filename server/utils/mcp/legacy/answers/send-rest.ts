import type { AnswerEvent } from "./create-answer-store";

/** Answers a client that comes back for an answer which is complete: with the rest of it, and with its end. */
export function sendRest(sessionId: string, rest: readonly AnswerEvent[]): Response {
  const events = rest.map(
    ({ id, message }) => `event: message\nid: ${id}\ndata: ${JSON.stringify(message)}\n\n`,
  );
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "mcp-session-id": sessionId,
  };
  return new Response(events.join(""), { headers });
}
