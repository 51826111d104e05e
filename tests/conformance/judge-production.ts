import { GENERIC_SCENARIOS } from "./generic-scenarios";
import type { Revision, ScenarioResult } from "./run-referee";

const LIST = "generic-scenarios.ts";

/** Compares what passed without fixtures with the list of what has to; returns what is wrong, in words. */
export function judgeProduction(revision: Revision, scenarios: readonly ScenarioResult[]): string[] {
  const { passing, partly, empty } = GENERIC_SCENARIOS[revision];
  const known = [...passing, ...Object.keys(partly), ...empty];
  const absent = known.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  const wrong = scenarios.map(({ name, failures }) => {
    const allowed = passing.includes(name) || empty.includes(name) ? [] : partly[name];
    if (!allowed) return failures.length === 0 ? `${name} passes and is not in ${LIST}` : undefined;
    const more = failures.filter((check) => !allowed.includes(check));
    if (more.length > 0) return `${name} needs no fixture for ${[...new Set(more)].join(", ")}, and fails`;
    const fewer = allowed.filter((check) => !failures.includes(check));
    return fewer.length > 0 ? `${name} passes ${fewer.join(", ")}: take that out of ${LIST}` : undefined;
  });
  return [...absent.map((name) => `${name} did not run`), ...wrong.filter((line) => line !== undefined)];
}
