import type { IncomingHttpHeaders } from "node:http";
import type { SerializedError, StepOperation } from "../types";
import type { Outcome } from "./outcome";
import type { Answer } from "./send-json";

/** Statuses a proxy or a reloading dev server gives while no app is behind it. */
const GATEWAY_STATUSES = new Set([502, 503, 504]);

/**
 * Read the SDK's answer. Source: the result handlers of `InngestCommHandler` in `inngest` 4.24: 200 carries the
 * function's value, 206 step operations, 400 and 500 an error of the function with `x-inngest-no-retry` and
 * `retry-after`.
 */
export function interpretAnswer(answer: Answer): Outcome {
  const fromSdk = answer.headers["x-inngest-sdk"] !== undefined;
  if (!fromSdk && GATEWAY_STATUSES.has(answer.status)) {
    return { kind: "unreachable", reason: `status ${answer.status} from something in front of the app` };
  }
  const body = parseJson(answer.body);
  if (body === undefined) {
    return { kind: "failed", error: toError(`status ${answer.status} without JSON`), retriable: true };
  }
  const retryAfterMs = readRetryAfterMs(answer.headers);
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (answer.status === 200) return { kind: "done", data: body };
  if (answer.status === 206) {
    const operations = (Array.isArray(body) ? body : [body]) as StepOperation[];
    // Request version 1 (`optimizeParallelism: false`) discovers after every step instead of after the last one.
    return { kind: "steps", operations, race: answer.headers["x-inngest-req-version"] === "1", ...later };
  }
  const retriable = answer.status !== 400 && answer.headers["x-inngest-no-retry"] !== "true";
  return { kind: "failed", error: toError(body), retriable, ...later };
}

/** The SDK writes whole seconds or an ISO date (`RetryAfterError`). */
function readRetryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function toError(body: unknown): SerializedError {
  const given = body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  const message = given["message"] ?? given["error"] ?? (typeof body === "string" ? body : "Unknown error");
  const name = typeof given["name"] === "string" ? given["name"] : "Error";
  return { ...given, name, message: typeof message === "string" ? message : JSON.stringify(message) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
