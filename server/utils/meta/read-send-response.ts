import { classifySendError } from "./error-classes";
import { asList, asObject, asText, type JsonObject } from "./json";
import type { SendError, SendOutcome } from "./send-outcome";

/**
 * Reads Graph's answer to `POST /{phone-number-id}/messages`. Bodies may be HTML or empty (proxies at Meta's
 * edge answer 5xx so); an answer that is not Meta's JSON proves nothing and is uncertain.
 */
export function readSendResponse(httpStatus: number, body: string, traceId: string | undefined): SendOutcome {
  const json = parse(body);
  const trace = traceId ? { traceId } : {};
  if (!json)
    return { kind: "uncertain", error: { reason: "Graph's answer is not JSON", httpStatus, ...trace } };
  if (json.error !== undefined && json.error !== null)
    return readRefusal(asObject(json.error), httpStatus, trace);
  const wamid = asText(asObject(asList(json.messages)[0]).id);
  if (httpStatus === 200 && wamid) {
    const contact = asObject(asList(json.contacts)[0]);
    const waId = asText(contact.wa_id);
    const userId = asText(contact.user_id);
    return { kind: "accepted", wamid, ...(waId ? { waId } : {}), ...(userId ? { userId } : {}), ...trace };
  }
  return { kind: "uncertain", error: { reason: "Graph's answer names no message", httpStatus, ...trace } };
}

function readRefusal(error: JsonObject, httpStatus: number, trace: { traceId?: string }): SendOutcome {
  // The group pages print the code as a quoted string.
  const code = Number(asText(error.code));
  const reason = asText(error.error_user_title) ?? asText(error.type) ?? "Graph refused the message";
  const traceId = asText(error.fbtrace_id) ?? trace.traceId;
  const sendError: SendError = {
    ...(Number.isFinite(code) ? { code } : {}),
    reason,
    httpStatus,
    ...(traceId ? { traceId } : {}),
  };
  // Not Meta's own words, but those of something in between. Only "slow down" is clear then.
  if (!Number.isFinite(code)) return { kind: httpStatus === 429 ? "retry" : "uncertain", error: sendError };
  switch (classifySendError(code, httpStatus)) {
    case "safe":
      return { kind: "retry", error: sendError };
    case "human":
      return { kind: "retry", error: { ...sendError, needsHuman: true } };
    case "ambiguous":
      return { kind: "uncertain", error: sendError };
    case "final":
      return { kind: "failed", error: sendError };
  }
}

function parse(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
