import { describe, expect, it } from "vitest";
import { isDataError } from "#server/utils/is-data-error";

const withCode = (code: unknown, cause?: unknown): Error =>
  Object.assign(new Error("words", { cause }), { code });

describe("isDataError", () => {
  it.each(["22P02", "22021", "23505", "23503", "54000"])(
    "blames the data for %s, however deep it lies",
    (code) => {
      expect(isDataError(withCode(code))).toBe(true);
      expect(isDataError(new Error("Failed query", { cause: withCode(code) }))).toBe(true);
    },
  );

  it.each([
    "08006",
    "40001",
    "42501",
    "53300",
    "57P01",
    "25006",
    "XX000",
    "EPIPE",
    "ECONNRESET",
    "CONNECTION_CLOSED",
    "CONNECT_TIMEOUT",
  ])("does not blame the data for %s", (code) => {
    expect(isDataError(withCode(code))).toBe(false);
    expect(isDataError(new Error("Failed query", { cause: withCode(code) }))).toBe(false);
  });

  it("blames the data when it is not the database that speaks", () => {
    for (const error of [new TypeError("x"), new RangeError("too deep"), withCode(7), "text", null]) {
      expect(isDataError(error)).toBe(true);
    }
  });
});
