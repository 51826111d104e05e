import { describe, expect, it } from "vitest";
import { readArguments } from "../../../../scripts/admin/read-arguments";
import { UsageError } from "../../../../scripts/admin/usage-error";

const DEFS = {
  name: { type: "positional", required: true, description: "" },
  other: { type: "positional", description: "" },
  label: { type: "text", hint: "text", required: true, description: "" },
  scope: { type: "text", hint: "scope", many: true, description: "" },
  lines: { type: "text", hint: "n", alias: "n", description: "" },
  visibility: { type: "choice", options: ["own", "all"], description: "" },
  test: { type: "flag", description: "" },
} as const;

const read = (line: string) => readArguments(DEFS, line.split(" ").filter(Boolean));
const refusalOf = (line: string): string => {
  try {
    read(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("was accepted");
};

describe("readArguments", () => {
  it("reads words, options, repeated options, choices and flags in any order", () => {
    expect(read("--scope a ann --label x -n 5 --scope b --visibility own --test bob")).toEqual({
      name: "ann",
      other: "bob",
      label: "x",
      scope: ["a", "b"],
      lines: "5",
      visibility: "own",
      test: true,
    });
  });

  it("leaves out what was not given", () => {
    expect(read("ann --label=x")).toEqual({
      name: "ann",
      other: undefined,
      label: "x",
      scope: undefined,
      lines: undefined,
      visibility: undefined,
      test: false,
    });
  });

  it.each([
    ["--label x", "<name> is missing."],
    ["ann", "--label is missing."],
    ["ann --label=", "--label is empty."],
    ["ann --label x --scope a --scope=", "--scope is empty."],
    ["ann --label x --visibility some", "--visibility must be one of own, all."],
    ["ann --label x --colour red", "Unknown option '--colour'."],
    ["ann --label x --test=yes", "Option '--test' does not take an argument."],
    ["ann --label", "Option '--label <value>' argument missing."],
  ])("refuses %j", (line, said) => {
    expect(refusalOf(line)).toBe(said);
  });

  it("does not repeat a word too many: it may be a key in the wrong place", () => {
    expect(refusalOf("ann bob secret --label x")).toBe(
      "There is a word too many; put a name with spaces between quotes.",
    );
  });
});
