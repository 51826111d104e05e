import { rpcError } from "../../rpc-error";
import { parseAnswerId } from "./answer-id";

// Nobody comes back to it a second time.
const LAST_ID = "answer.gone";

/**
 * Answers a client that comes back for the rest of an answer which this process has not got: its requests have failed, and it
 * need not wait. The SDK's client goes on asking after an error and after any status but 405; that one tells it to stop.
 */
export function refuseRest(eventId: string): Response {
  const requestIds = parseAnswerId(eventId)?.requestIds ?? [];
  if (requestIds.length === 0) {
    return rpcError(405, -32000, "There is no more of that answer.", { allow: "GET, POST, DELETE" });
  }
  const message =
    "The rest of this answer is not here any more, and whether the call took effect is not known. Look with get_messages or get_message_status first; repeat a send only with its idempotency_key.";
  const events = requestIds.map((id) => {
    const answer = { jsonrpc: "2.0", id, error: { code: -32000, message } };
    return `event: message\nid: ${LAST_ID}\ndata: ${JSON.stringify(answer)}\n\n`;
  });
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" };
  return new Response(events.join(""), { headers });
}
