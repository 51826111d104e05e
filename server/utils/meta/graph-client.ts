import { ERROR_ADVICE } from "./error-advice";
import { judgeOutcome } from "./judge-outcome";
import type { JsonObject } from "./json";
import { readSendResponse } from "./read-send-response";
import type { SendOutcome } from "./send-outcome";
import { timeGraphCall } from "./time-graph-call";

export interface GraphClientOptions {
  readonly baseUrl: string;
  readonly version: string;
  readonly timeoutMs: number;
}

export interface SendMessageInput {
  readonly phoneNumberId: string;
  readonly accessToken: string;
  readonly payload: JsonObject;
}

/** Meta's Graph API, as far as this server calls it. */
export interface GraphClient {
  /** Sends one message. Never throws: every way to fail is an outcome. */
  sendMessage(input: SendMessageInput): Promise<SendOutcome>;
}

// Failures that prove that no byte of the request left: name resolution, refusal, no connection, no TLS.
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TLS_FAILURE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** A client for one Graph version. The API has no idempotency key, so it never repeats a request by itself. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  return { sendMessage: (input) => timeGraphCall("send", () => post(options, input), judgeOutcome) };
}

async function post(
  { baseUrl, version, timeoutMs }: GraphClientOptions,
  { phoneNumberId, accessToken, payload }: SendMessageInput,
): Promise<SendOutcome> {
  try {
    const response = await fetch(`${baseUrl}/${version}/${phoneNumberId}/messages`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "content-type": "application/json",
        "user-agent": "wamcp/0.1",
      },
      body: JSON.stringify(payload),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await response.text();
    return readSendResponse(response.status, body, response.headers);
  } catch (error) {
    const code = readCode(error);
    const reason = code ? `connection failed (${code})` : "no answer in time";
    return code && provesNotSent(code)
      ? { kind: "retry", error: { reason, advice: ERROR_ADVICE.wait } }
      : { kind: "uncertain", error: { reason, advice: ERROR_ADVICE.uncertain } };
  }
}

function provesNotSent(code: string): boolean {
  return NOT_SENT.has(code) || TLS_FAILURE.test(code);
}

// fetch wraps the socket's error, sometimes twice (an AggregateError for several addresses).
function readCode(error: unknown): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return cause.code;
    if (cause instanceof AggregateError && cause.errors.length > 0) return readCode(cause.errors[0]);
  }
  return undefined;
}
