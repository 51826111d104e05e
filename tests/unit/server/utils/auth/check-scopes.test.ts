import { describe, expect, it } from "vitest";
import { checkScopes } from "#server/utils/auth/check-scopes";
import { AppError } from "#server/utils/errors";

const RULES = { isOwner: false, toolNames: ["ping", "send_message"], waPhoneNumberIds: ["101", "102"] };

function refusalOf(scopes: string[], rules = RULES): AppError {
  try {
    checkScopes(scopes, rules);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("the scopes were accepted");
}

describe("checkScopes", () => {
  it("accepts tools that exist and numbers that are granted", () => {
    for (const scopes of [
      [],
      ["tools:ping"],
      ["tools:ping", "tools:send_message", "numbers:101", "numbers:102"],
    ]) {
      expect(() => checkScopes(scopes, RULES)).not.toThrow();
    }
  });

  it("gives wildcards to the owner alone", () => {
    expect(() => checkScopes(["tools:*", "numbers:*"], { ...RULES, isOwner: true })).not.toThrow();
    const { code, details, message } = refusalOf(["tools:*", "numbers:*", "tools:ping"]);
    expect(code).toBe("invalid_arguments");
    expect(details).toEqual({
      field: "scopes",
      scopes: [
        { scope: "tools:*", problem: "is for the owner's keys only" },
        { scope: "numbers:*", problem: "is for the owner's keys only" },
      ],
    });
    expect(message).toBe(
      "These scopes cannot be given: 'tools:*' is for the owner's keys only; 'numbers:*' is for the owner's keys only.",
    );
  });

  it.each([
    ["tools:nothing", "names no tool"],
    ["tools:Ping", "names no tool"],
    ["tools:ping ", "names no tool"],
    ["tools:send_*", "names no tool"],
    ["numbers:103", "names no number that the client is granted"],
    ["numbers:10", "names no number that the client is granted"],
    ["numbers:101\n", "names no number that the client is granted"],
    ["numbers:", "is no scope"],
    ["ping", "is no scope"],
    ["*", "is no scope"],
    ["Tools:ping", "is no scope"],
    [" tools:ping", "is no scope"],
    ["clients:*", "is no scope"],
    ["", "is no scope"],
  ])("refuses %j, also for the owner", (scope, problem) => {
    for (const isOwner of [true, false]) {
      const { details, advice } = refusalOf(["tools:ping", scope], { ...RULES, isOwner });
      expect(details?.scopes).toEqual([{ scope, problem }]);
      expect(advice).toContain("tools:<name>");
    }
  });
});
