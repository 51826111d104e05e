import type { ScenarioResult } from "./run-referee";

/** What is written before a scenario with failed checks: `n/a` and `part` need fixtures, wholly or for those checks. */
export type FailureMark = "FAIL" | "part" | "n/a ";

/** One run of the referee, for people: a line for each scenario, then the counts. */
export function formatRun(
  title: string,
  scenarios: readonly ScenarioResult[],
  markFailure: (name: string) => FailureMark,
): string {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  const lines = scenarios.map(({ name, passed, warned, failures, isScored }) => {
    const notes = [
      `${passed} passed`,
      ...(failures.length > 0 ? [`${failures.length} failed`] : []),
      ...(warned > 0 ? [`${warned} warned`] : []),
      ...(isScored ? [] : ["not scored"]),
    ];
    return `  ${failures.length > 0 ? markFailure(name) : "pass"}  ${name.padEnd(width)}  ${notes.join(", ")}`;
  });
  const counts = [countPassing(scenarios, true), countPassing(scenarios, false)];
  return [title, ...lines, `  ${counts.join("; ")}`].join("\n");
}

function countPassing(scenarios: readonly ScenarioResult[], isScored: boolean): string {
  const counted = scenarios.filter((scenario) => scenario.isScored === isScored);
  const passing = counted.filter(({ failures }) => failures.length === 0);
  return `${isScored ? "scored" : "not scored"}: ${passing.length} of ${counted.length} scenarios pass`;
}
