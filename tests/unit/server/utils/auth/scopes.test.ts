import { describe, expect, it } from "vitest";
import { grantedNumbers, mayUseTool, requireNumber } from "#server/utils/auth/scopes";
import { createGrant, createPrincipal } from "../../helpers/create-principal";

const FIRST = createGrant({ phoneNumberId: "id-1", waPhoneNumberId: "101" });
const SECOND = createGrant({ phoneNumberId: "id-2", waPhoneNumberId: "102", tools: ["get_messages"] });

describe("mayUseTool", () => {
  it("needs a scope that names the tool exactly", () => {
    const principal = createPrincipal({ scopes: ["tools:get_messages", "numbers:*"] });
    expect(mayUseTool(principal, "get_messages")).toBe(true);
    for (const tool of ["get_message", "send_message", "get_messages_2", "*", ""]) {
      expect(mayUseTool(principal, tool)).toBe(false);
    }
    expect(mayUseTool(createPrincipal({ scopes: [] }), "ping")).toBe(false);
    expect(mayUseTool(createPrincipal({ scopes: ["get_messages"] }), "get_messages")).toBe(false);
  });

  it("honours the wildcard for the owner alone", () => {
    const scopes = ["tools:*"];
    expect(mayUseTool(createPrincipal({ isOwner: true, scopes }), "send_message")).toBe(true);
    expect(mayUseTool(createPrincipal({ isOwner: false, scopes }), "send_message")).toBe(false);
    expect(mayUseTool(createPrincipal({ isOwner: true, scopes: [] }), "send_message")).toBe(false);
  });
});

describe("grantedNumbers", () => {
  const BOTH = ["numbers:101", "numbers:102"];
  const of = (scopes: string[], tool: string, grants = [FIRST, SECOND], isOwner = false) =>
    grantedNumbers(createPrincipal({ scopes, grants, isOwner }), tool).map((grant) => grant.waPhoneNumberId);

  it("needs both the key's scope and the client's grant", () => {
    expect(of(BOTH, "get_messages")).toEqual(["101", "102"]);
    expect(of(["numbers:102"], "get_messages")).toEqual(["102"]);
    expect(of(["numbers:103"], "get_messages")).toEqual([]);
    expect(of([], "get_messages")).toEqual([]);
    expect(of(BOTH, "get_messages", [])).toEqual([]);
  });

  it("honours the wildcard for the owner alone", () => {
    expect(of(["numbers:*"], "get_messages", [FIRST, SECOND], true)).toEqual(["101", "102"]);
    expect(of(["numbers:*"], "get_messages", [], true)).toEqual([]);
    expect(of(["numbers:*"], "get_messages")).toEqual([]);
    expect(of(["numbers:*", "numbers:102"], "get_messages")).toEqual(["102"]);
    expect(of(["numbers"], "get_messages", [FIRST], true)).toEqual([]);
  });

  it("holds each number to the tools of its grant, the owner's too", () => {
    expect(of(BOTH, "send_message")).toEqual(["101"]);
    expect(of(["numbers:102"], "send_message")).toEqual([]);
    expect(of(BOTH, "get_messages", [createGrant({ tools: [] })])).toEqual([]);
    expect(of(["numbers:*"], "send_message", [FIRST, SECOND], true)).toEqual(["101"]);
  });

  it("goes by Meta's id, not by ours, and not by part of it", () => {
    expect(of(["numbers:id-1"], "get_messages")).toEqual([]);
    expect(of(["numbers:10"], "get_messages")).toEqual([]);
    expect(of(["numbers:101 "], "get_messages")).toEqual([]);
  });
});

describe("requireNumber", () => {
  const principal = createPrincipal({ grants: [FIRST, SECOND] });

  it("returns the number that is named", () => {
    expect(requireNumber(principal, "get_messages", "102")).toBe(SECOND);
  });

  it("returns the only number when none is named, also when the tool leaves only one", () => {
    expect(requireNumber(createPrincipal({ grants: [FIRST] }), "get_messages", undefined)).toBe(FIRST);
    expect(requireNumber(principal, "send_message", undefined)).toBe(FIRST);
  });

  it("asks which one is meant when there are several", () => {
    expect(() => requireNumber(principal, "get_messages", undefined)).toThrow(
      expect.objectContaining({ code: "invalid_arguments", details: { field: "phone_number_id" } }),
    );
  });

  it("gives one answer for a number of another client, of another tool and of nobody", () => {
    const failures = [
      [principal, "get_messages", "103"],
      [principal, "send_message", "102"],
      [principal, "get_messages", ""],
      [createPrincipal({ grants: [] }), "get_messages", "101"],
      [createPrincipal({ grants: [] }), "get_messages", undefined],
    ].map(([who, tool, id]) => {
      try {
        return requireNumber(who as typeof principal, tool as string, id as string | undefined);
      } catch (error) {
        const { code, message, advice, details } = error as Record<string, unknown>;
        return JSON.stringify({ code, message, advice, details });
      }
    });
    expect(new Set(failures).size).toBe(1);
    expect(JSON.parse(failures[0] as string)).toMatchObject({ code: "not_found" });
  });
});
