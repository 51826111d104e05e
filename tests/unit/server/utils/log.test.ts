import { DrizzleQueryError } from "drizzle-orm";
import postgres from "postgres";
import * as v from "valibot";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLog, describeError, LOG_LEVELS } from "#server/utils/log";

const PRIVATE = "the words of a message to +16505551234";

// The driver's type has a constructor, though its declaration hides it.
function postgresError(fields: Record<string, unknown>): Error {
  return Reflect.construct(postgres.PostgresError, [fields]) as Error;
}

function queryError(cause: Error): Error {
  return new DrizzleQueryError("insert into messages values ($1)", [PRIVATE], cause);
}

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("describeError", () => {
  it("names the error, its code and its words", () => {
    expect(describeError(new TypeError("not a function"))).toBe("TypeError: not a function");
    expect(describeError(Object.assign(new Error("no socket"), { code: "ECONNREFUSED" }))).toBe(
      "Error [ECONNREFUSED]: no socket",
    );
    expect(describeError(Object.assign(new Error("odd"), { code: 7 }))).toBe("Error: odd");
  });

  it("takes the code of the cause when the error has none", () => {
    const cause = Object.assign(new Error("inner"), { code: "57P01" });
    expect(describeError(new Error("outer", { cause }))).toBe("Error [57P01]: outer");
  });

  it("never shows the parameters of a failed query", () => {
    const cause = postgresError({ code: "23505", message: "duplicate key value violates unique constraint" });
    const error = queryError(cause);
    expect(error.message).toContain(PRIVATE);
    const described = describeError(error);
    expect(described).toContain("[23505]: duplicate key value violates unique constraint");
    expect(described).not.toContain(PRIVATE);
  });

  it("recognises a failed query by its words when the error was copied", () => {
    expect(describeError(new Error(`Failed query: insert\nparams: ${PRIVATE}`))).toBe("Error: query failed");
  });

  it("leaves out PostgreSQL's words when they quote the value, as those of class 22 do", () => {
    const fields = { code: "22P02", message: `invalid input syntax for type uuid: "${PRIVATE}"` };
    for (const error of [postgresError(fields), queryError(postgresError(fields))]) {
      const described = describeError(error);
      expect(described).toContain("22P02");
      expect(described).not.toContain(PRIVATE);
    }
  });

  it("leaves out what valibot received", () => {
    const schema = v.object({ count: v.number() });
    const described = describeError(failureOf(() => v.parse(schema, { count: PRIVATE })));
    expect(described).toContain("Expected number");
    expect(described).not.toContain(PRIVATE);
  });

  it("says nothing of a value that is not an error", () => {
    for (const value of [PRIVATE, { text: PRIVATE }, null, undefined]) {
      expect(describeError(value)).toBe("a value that is not an Error was thrown");
    }
  });
});

describe("createLog", () => {
  afterEach(() => void vi.restoreAllMocks());

  const capture = () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    return {
      err: () => stderr.mock.calls.map(String).join(""),
      out: () => stdout.mock.calls.map(String).join(""),
    };
  };

  it("writes to stderr at every level, because stdout belongs to protocols", () => {
    const written = capture();
    const log = createLog("debug");
    for (const level of ["debug", "info", "warn", "error"] as const) log[level](`a ${level} line`);
    for (const level of ["debug", "info", "warn", "error"])
      expect(written.err()).toContain(`a ${level} line`);
    expect(written.out()).toBe("");
  });

  it.each([
    ["silent", []],
    ["error", ["error"]],
    ["warn", ["error", "warn"]],
    ["info", ["error", "warn", "info"]],
    ["debug", ["error", "warn", "info", "debug"]],
  ] as const)("at level %s writes %j", (level, expected) => {
    const written = capture();
    const log = createLog(level);
    for (const method of ["error", "warn", "info", "debug"] as const) log[method](`<${method}>`);
    const shown = ["error", "warn", "info", "debug"].filter((method) =>
      written.err().includes(`<${method}>`),
    );
    expect(shown).toEqual(expected);
    expect(LOG_LEVELS).toContain(level);
  });
});
