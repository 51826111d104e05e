import { describe, expect, it } from "vitest";
import { AppError, type ErrorCode } from "#server/utils/errors";
import { toHttpError } from "#server/utils/http-error";

const STATUSES: Record<ErrorCode, number> = {
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

describe("toHttpError", () => {
  it.each(Object.entries(STATUSES) as [ErrorCode, number][])("answers %s with %i", (code, status) => {
    expect(toHttpError(new AppError(code, "words")).status).toBe(status);
  });

  it("asks for a bearer key when the caller is unknown, and only then", () => {
    expect(toHttpError(new AppError("unauthorized", "words")).headers).toEqual({
      "www-authenticate": 'Bearer realm="wamcp"',
    });
    expect(toHttpError(new AppError("forbidden", "words")).headers).toEqual({});
  });

  it("says in a header when to come back, also when that is at once", () => {
    const error = (retryAfterSeconds: number) => new AppError("unavailable", "words", { retryAfterSeconds });
    expect(toHttpError(error(5)).headers).toEqual({ "retry-after": "5" });
    expect(toHttpError(error(0)).headers).toEqual({ "retry-after": "0" });
  });

  it("shows the public part of the error and nothing of its cause", () => {
    const error = new AppError("rate_limited", "Too many calls.", {
      advice: "Wait.",
      details: { secret: "hunter2" },
      cause: new Error("hunter2"),
    });
    expect(toHttpError(error).body).toEqual({
      code: "rate_limited",
      message: "Too many calls.",
      retryable: true,
      advice: "Wait.",
    });
    expect(toHttpError(new AppError("internal", "It failed.")).body).toEqual({
      code: "internal",
      message: "It failed.",
      retryable: false,
    });
  });
});
