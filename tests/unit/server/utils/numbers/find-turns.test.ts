import { describe, expect, it } from "vitest";
import type { NumberHealth } from "#server/utils/meta/fetch-number-health";
import { findTurns } from "#server/utils/numbers/find-turns";

const GOOD: NumberHealth = {
  quality: "GREEN",
  status: "CONNECTED",
  nameStatus: "APPROVED",
  throughputLevel: "STANDARD",
  messagingLimitTier: "TIER_2K",
  health: { canSend: "AVAILABLE", errorCodes: [] },
};
const UNKNOWN: NumberHealth = {
  quality: null,
  status: null,
  nameStatus: null,
  throughputLevel: null,
  messagingLimitTier: null,
  health: null,
};
const blocked = { canSend: "BLOCKED", errorCodes: [141006] };

describe("findTurns", () => {
  it.each<[string, Partial<NumberHealth>, Partial<NumberHealth>, string[]]>([
    ["nothing new", {}, {}, []],
    ["quality down", {}, { quality: "YELLOW" }, ["number_quality YELLOW"]],
    ["quality further down", { quality: "YELLOW" }, { quality: "RED" }, ["number_quality RED"]],
    ["quality up", { quality: "RED" }, { quality: "YELLOW" }, []],
    ["quality that is not rated", { quality: "GREEN" }, { quality: "UNKNOWN" }, []],
    ["flagged", {}, { status: "FLAGGED" }, ["number_status FLAGGED"]],
    ["banned after flagged", { status: "FLAGGED" }, { status: "BANNED" }, ["number_status BANNED"]],
    [
      "restricted after flagged",
      { status: "FLAGGED" },
      { status: "RESTRICTED" },
      ["number_status RESTRICTED"],
    ],
    ["flagged after restricted", { status: "RESTRICTED" }, { status: "FLAGGED" }, []],
    ["banned before it could send", { status: "PENDING" }, { status: "BANNED" }, ["number_status BANNED"]],
    [
      "away before it could send",
      { status: "UNVERIFIED" },
      { status: "DISCONNECTED" },
      ["number_status DISCONNECTED"],
    ],
    ["pending after restricted", { status: "RESTRICTED" }, { status: "PENDING" }, ["number_status PENDING"]],
    ["pending after banned", { status: "BANNED" }, { status: "PENDING" }, []],
    ["still banned", { status: "BANNED" }, { status: "BANNED" }, []],
    ["connected again", { status: "BANNED" }, { status: "CONNECTED" }, []],
    ["a status that nobody knows", {}, { status: "SOMETHING" }, ["number_status SOMETHING"]],
    ["blocked", {}, { health: blocked }, ["number_health BLOCKED"]],
    ["a lesser tier", { messagingLimitTier: "TIER_10K" }, { messagingLimitTier: "TIER_250" }, []],
    ["nothing said", {}, UNKNOWN, []],
    ["two at once", {}, { quality: "RED", health: blocked }, ["number_quality RED", "number_health BLOCKED"]],
  ])("%s", (_, before, now, expected) => {
    const turns = findTurns({ ...GOOD, ...before }, { ...GOOD, ...now });
    expect(turns.map(({ kind, state }) => `${kind} ${state}`)).toEqual(expected);
  });

  it("tells of what is bad where nothing was known, and not of what is good", () => {
    expect(findTurns(UNKNOWN, GOOD)).toEqual([]);
    expect(findTurns(UNKNOWN, { ...GOOD, quality: "RED" })).toEqual([
      { kind: "number_quality", state: "RED" },
    ]);
  });
});
