import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatReport } from "./format-report";
import { runFaults } from "./run-faults";

const KILLS = 5;

describe("two servers under load, killed at random with Inngest and PostgreSQL", () => {
  it("lose nothing, double nothing and leave nothing in between", { timeout: 540_000 }, async () => {
    const seed = randomInt(2 ** 31);
    let lines: readonly string[] = [];
    const report = await runFaults({
      seed,
      kills: KILLS,
      minutes: 5,
      fastPath: "mixed",
      // What a wrong clock puts off makes a run long; `pnpm test:faults` has it.
      without: ["clock", "rolling restart"],
      log: () => {},
      onTrouble: async (last) => void (lines = last.slice(-100)),
    });
    expect(report.violations, [formatReport(report), ...lines].join("\n")).toEqual([]);
    expect(Object.values(report.kills).reduce((sum, count) => sum + count, 0)).toBe(KILLS);
    expect(report.sends).toBeGreaterThan(KILLS);
    expect(report.inbound).toBeGreaterThan(KILLS);
  });
});
