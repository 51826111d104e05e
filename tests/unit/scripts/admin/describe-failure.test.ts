import { describe, expect, it } from "vitest";
import { ConfigError } from "#server/utils/config";
import { AppError } from "#server/utils/errors";
import { describeFailure } from "../../../../scripts/admin/describe-failure";
import { UsageError } from "../../../../scripts/admin/usage-error";

const describeIt = (error: unknown) => describeFailure(error, "wamcp-admin keys mint");
/** As drizzle wraps what the driver throws. */
const fromDatabase = (code: string): Error =>
  new Error("Failed query: select ... params: secret", {
    cause: Object.assign(new Error("said by PostgreSQL"), { code }),
  });

describe("describeFailure", () => {
  it("sends whoever used it wrongly to the help, with 2", () => {
    expect(describeIt(new UsageError("--label is missing."))).toEqual({
      line: '--label is missing. Run "wamcp-admin keys mint --help" to see how it is used.',
      exitCode: 2,
    });
  });

  it("says what a verb says, with its advice, in one line", () => {
    const error = new AppError("conflict", "There is one.", { advice: "Use\nit." });
    expect(describeIt(error)).toEqual({ line: "There is one. Use it.", exitCode: 1 });
  });

  it("puts every problem of the configuration into one line", () => {
    const error = new ConfigError("The configuration cannot be used:\n  - A is missing\n  - B is missing");
    expect(describeIt(error).line).toMatch(
      /^The configuration cannot be used: A is missing; B is missing\. /,
    );
  });

  it.each([
    ["42P01", "The database is not migrated"],
    ["42703", "The database is not migrated"],
    ["42883", "The database is not migrated"],
    // A role that does not exist, as the first word on a connection.
    ["22023", "The database is not migrated"],
    ["28P01", "PostgreSQL refuses the login."],
    ["3D000", "The database does not exist."],
    ["42501", "Use the same DATABASE_URL as the server."],
    ["ECONNREFUSED", "The database cannot be reached."],
    ["57P01", "It is not known whether this took effect"],
    ["CONNECTION_CLOSED", "It is not known whether this took effect"],
    ["23505", "It failed: Error [23505]: said by PostgreSQL."],
  ])("knows what %s means, and quotes no parameter", (code, said) => {
    const { line, exitCode } = describeIt(fromDatabase(code));
    expect(exitCode).toBe(1);
    expect(line).toContain(said);
    expect(line).not.toContain("secret");
  });
});
