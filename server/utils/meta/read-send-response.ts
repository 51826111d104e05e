import { ERROR_ADVICE } from "./error-advice";
import { explainSendError } from "./explain-send-error";
import { asList, asObject, asText, type JsonObject } from "./json";
import { readRegainMs } from "./read-regain-ms";
import type { SendError, SendOutcome } from "./send-outcome";

/** As far as Graph's headers say anything about a send. */
export type ResponseHeaders = Pick<Headers, "get">;

/**
 * Reads Graph's answer to `POST /{phone-number-id}/messages`. Bodies may be HTML or empty (proxies at Meta's
 * edge answer 5xx so); an answer that is not Meta's JSON proves nothing and is uncertain.
 */
export function readSendResponse(httpStatus: number, body: string, headers: ResponseHeaders): SendOutcome {
  const json = parse(body);
  const traceId = headers.get("x-fb-trace-id");
  const trace = traceId ? { traceId } : {};
  if (!json) return unclear("Graph's answer is not JSON", httpStatus, trace);
  if (json.error !== undefined && json.error !== null)
    return readRefusal(asObject(json.error), httpStatus, trace, headers);
  const wamid = asText(asObject(asList(json.messages)[0]).id);
  if (httpStatus === 200 && wamid) {
    const contact = asObject(asList(json.contacts)[0]);
    const waId = asText(contact.wa_id);
    const userId = asText(contact.user_id);
    return { kind: "accepted", wamid, ...(waId ? { waId } : {}), ...(userId ? { userId } : {}), ...trace };
  }
  return unclear("Graph's answer names no message", httpStatus, trace);
}

function unclear(reason: string, httpStatus: number, trace: { traceId?: string }): SendOutcome {
  return { kind: "uncertain", error: { reason, advice: ERROR_ADVICE.uncertain, httpStatus, ...trace } };
}

function readRefusal(
  error: JsonObject,
  httpStatus: number,
  trace: { traceId?: string },
  headers: ResponseHeaders,
): SendOutcome {
  // The group pages print the code as a quoted string.
  const code = Number(asText(error.code));
  const traceId = asText(error.fbtrace_id) ?? trace.traceId;
  const more = { httpStatus, ...(traceId ? { traceId } : {}) };
  // Not Meta's own words, but those of something in between. Only "slow down" is clear then.
  if (!Number.isFinite(code)) {
    if (httpStatus !== 429) return unclear("Graph refused the message without a code", httpStatus, more);
    const reason = "there were too many requests";
    return { kind: "retry", error: { reason, advice: ERROR_ADVICE.wait, backoff: "number", ...more } };
  }
  const entry = explainSendError(code, httpStatus);
  const regainMs = readRegainMs(headers.get("x-business-use-case-usage"));
  const { reason, advice, backoff } = entry;
  const sendError: SendError = {
    code,
    reason,
    advice,
    backoff,
    ...more,
    ...(regainMs !== undefined && (backoff === "waba" || backoff === "app") ? { regainMs } : {}),
    ...(entry.class === "human" ? { needsHuman: true } : {}),
    ...(entry.alerts ? { alerts: true } : {}),
  };
  return { kind: KINDS[entry.class], error: sendError };
}

const KINDS = { safe: "retry", human: "retry", ambiguous: "uncertain", final: "failed" } as const;

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
