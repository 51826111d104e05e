import type { Evidence, Violation } from "./evidence";
import { findDisorder } from "./find-disorder";
import { findWrongCounters } from "./find-wrong-counters";
import { findWrongReceipts } from "./find-wrong-receipts";
import { findWrongSends } from "./find-wrong-sends";

/** Everything that the product promised and did not keep. */
export function findViolations(evidence: Evidence): Violation[] {
  return [
    ...findWrongSends(evidence),
    ...findWrongReceipts(evidence),
    ...findDisorder(evidence),
    ...findWrongCounters(evidence),
  ];
}
