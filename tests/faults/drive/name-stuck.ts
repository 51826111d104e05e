import type { Violation } from "../oracle/evidence";

/** What was still open when the time to settle was over. */
export function nameStuck(open: Readonly<Record<string, number>>): Violation[] {
  return Object.entries(open).map(([what, count]) => ({
    rule: "stuck",
    id: "all",
    detail: `${what}: ${count} at the end`,
  }));
}
