import type { AppError, ErrorCode } from "./errors";

const STATUS: Record<ErrorCode, number> = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  invalid_arguments: 400,
  conflict: 409,
  window_closed: 409,
  rate_limited: 429,
  payload_too_large: 413,
  number_paused: 409,
  unavailable: 503,
  internal: 500,
};

export interface HttpError {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** The one place where an error becomes an HTTP answer. */
export function toHttpError(error: AppError): HttpError {
  const headers: Record<string, string> = {};
  if (error.code === "unauthorized") headers["www-authenticate"] = 'Bearer realm="wamcp"';
  if (error.retryAfterSeconds !== undefined) headers["retry-after"] = String(error.retryAfterSeconds);
  return {
    status: STATUS[error.code],
    headers,
    body: {
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      ...(error.advice ? { advice: error.advice } : {}),
    },
  };
}
