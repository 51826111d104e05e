import { describe, expect, it } from "vitest";
import { AppError, toAppError, type ErrorCode } from "#server/utils/errors";

const withCode = (code: unknown, cause?: unknown): Error =>
  Object.assign(new Error("the driver's own words", { cause }), { code });

describe("AppError", () => {
  const codes: [ErrorCode, boolean][] = [
    ["unauthorized", false],
    ["forbidden", false],
    ["not_found", false],
    ["invalid_arguments", false],
    ["conflict", false],
    ["window_closed", false],
    ["rate_limited", true],
    ["payload_too_large", false],
    ["number_paused", false],
    ["unavailable", true],
    ["internal", false],
  ];

  it.each(codes)("of code %s says whether a retry makes sense: %s", (code, retryable) => {
    expect(new AppError(code, "words").retryable).toBe(retryable);
  });

  it("carries what it was given", () => {
    const cause = new Error("cause");
    const error = new AppError("rate_limited", "Too many calls.", {
      advice: "Wait.",
      retryAfterSeconds: 7,
      details: { limit: 60 },
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "AppError",
      message: "Too many calls.",
      advice: "Wait.",
      retryAfterSeconds: 7,
      details: { limit: 60 },
      cause,
    });
  });
});

describe("toAppError", () => {
  it("leaves an AppError as it is", () => {
    const error = new AppError("conflict", "words");
    expect(toAppError(error)).toBe(error);
  });

  it.each([
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
    "08006",
    "40001",
    "40P01",
    "53300",
    "57P01",
    "57P03",
  ])("calls a database that is away (%s) unavailable, however deep the code lies", (code) => {
    for (const error of [
      withCode(code),
      withCode(undefined, new Error("query", { cause: withCode(code) })),
    ]) {
      expect(toAppError(error)).toMatchObject({
        code: "unavailable",
        retryable: true,
        retryAfterSeconds: 5,
        cause: error,
      });
    }
  });

  it.each(["23505", "22P02", "42501", 404, 403, "4000", "408", 8, "08", "ERR_ASSERTION", undefined, null])(
    "calls an error with code %j internal",
    (code) => {
      const error = withCode(code);
      expect(toAppError(error)).toMatchObject({ code: "internal", retryable: false, cause: error });
    },
  );

  it("never makes an unexpected error's words public", () => {
    for (const error of [new Error("password=hunter2"), "password=hunter2", { password: "hunter2" }, null]) {
      const { message, advice, details } = toAppError(error);
      expect(JSON.stringify({ message, advice, details })).not.toContain("hunter2");
    }
    expect(toAppError(withCode("ECONNREFUSED")).message).not.toContain("driver");
  });

  it("comes to an end when errors name each other as their cause", () => {
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    expect(toAppError(first).code).toBe("internal");
  });
});
