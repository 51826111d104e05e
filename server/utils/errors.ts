/** Every way in which a call can be refused or fail. The set is closed: clients branch on it. */
export type ErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "invalid_arguments"
  | "conflict"
  | "window_closed"
  | "rate_limited"
  | "payload_too_large"
  | "number_paused"
  | "unavailable"
  | "internal";

export interface AppErrorOptions {
  /** What the caller should do next. */
  readonly advice?: string;
  readonly retryAfterSeconds?: number;
  /** More for a program: field names, limits, ids. Never a stranger's words. */
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["rate_limited", "unavailable"]);

/**
 * An error that a caller may read: its message is public. It is mapped to HTTP, to a tool's result and to
 * Inngest in one place each.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly advice: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.advice = options.advice;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }
}

// Class 08: connection; 40: a deadlock or a serialisation failure; 53: resources; 57: operator intervention, that is a shutdown (PostgreSQL, appendix A).
const DATABASE_AWAY = /^(08|40|53|57)[0-9A-Z]{3}$/;
const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
]);

// "query_canceled": only a statement's time limit does that here.
const TIMED_OUT = "57014";

// The connection broke while the server may have been committing: only the answer may be lost.
const OUTCOME_UNKNOWN = /^(08|57P|ECONNRESET|EPIPE|ETIMEDOUT|CONNECTION_)/;

// Errors may name each other as their cause.
const CAUSE_DEPTH = 10;

/** Turns whatever was thrown into an `AppError`: a database that is away is retryable, the rest is internal. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSE_DEPTH && cause instanceof Error; depth += 1, cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    if (code === TIMED_OUT) {
      return new AppError("unavailable", "The database took too long over this, and it was ended.", {
        advice: "Nothing was changed. Ask for less, or call again after the given time.",
        retryAfterSeconds: 5,
        cause: error,
      });
    }
    if (CONNECTION_CODES.has(code) || DATABASE_AWAY.test(code)) {
      const isUnknown = OUTCOME_UNKNOWN.test(code);
      return new AppError("unavailable", "The server cannot reach its database at the moment.", {
        advice: isUnknown
          ? "It is not known whether this took effect. Repeat it with the same idempotency_key, or look before you repeat it."
          : "Nothing was changed. Call again after the given time.",
        retryAfterSeconds: 5,
        ...(isUnknown ? { details: { outcome: "unknown" } } : {}),
        cause: error,
      });
    }
  }
  return new AppError("internal", "The server failed to carry this out.", {
    advice: "Try once more; if it fails again, tell the operator the request id.",
    cause: error,
  });
}
