import { describe, expect, it } from "vitest";
import { GENERIC_SCENARIOS } from "#tests/conformance/generic-scenarios";
import { judgeProduction } from "#tests/conformance/judge-production";
import type { ScenarioResult } from "#tests/conformance/run-referee";

const REVISION = "2026-07-28";

function result(name: string, failures: readonly string[] = []): ScenarioResult {
  return { name, isScored: true, passed: 1, warned: 0, failures };
}

/** What the lists say that a run looks like, and one scenario that needs fixtures. */
function expected(): ScenarioResult[] {
  const { passing, partly, empty } = GENERIC_SCENARIOS[REVISION];
  return [
    ...[...passing, ...empty].map((name) => result(name)),
    ...Object.entries(partly).map(([name, checks]) => result(name, checks)),
    result("tools-call-image", ["tools-call-image"]),
  ];
}

const replaced = (changed: ScenarioResult): ScenarioResult[] =>
  expected().map((scenario) => (scenario.name === changed.name ? changed : scenario));

describe("judgeProduction", () => {
  it("says nothing when all is as listed", () => {
    expect(judgeProduction(REVISION, expected())).toEqual([]);
  });

  it.each<[string, ScenarioResult[], string]>([
    [
      "a listed scenario that fails",
      replaced(result("caching", ["ttl", "ttl"])),
      "caching needs no fixture for ttl, and fails",
    ],
    [
      "a scenario that passes and is not listed",
      replaced(result("tools-call-image")),
      "tools-call-image passes and is not in",
    ],
    [
      "one check more that fails",
      replaced(
        result("server-stateless", [
          ...(GENERIC_SCENARIOS[REVISION].partly["server-stateless"] ?? []),
          "ack",
        ]),
      ),
      "server-stateless needs no fixture for ack, and fails",
    ],
    [
      "one check fewer that fails",
      replaced(result("server-stateless", GENERIC_SCENARIOS[REVISION].partly["server-stateless"]?.slice(1))),
      "server-stateless passes sep-2575-server-rejects-undeclared-capability",
    ],
    [
      "a listed scenario that did not run",
      expected().filter(({ name }) => name !== "caching"),
      "caching did not run",
    ],
  ])("complains about %s", (_, scenarios, complaint) => {
    expect(judgeProduction(REVISION, scenarios)).toEqual([expect.stringContaining(complaint)]);
  });
});
