import type { FaultFacts } from "../faults/fault-box";
import { expiredToken } from "./authorize";
import type { GraphCall } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { writeHtmlError } from "./write-graph-answer";

/**
 * Lets the faults that answer with an error strike: before a message is accepted, or after it was.
 * True when an answer has been written.
 *
 * @throws GraphError for the faults that answer in Meta's shape
 */
export function strikeWithError({ world, event }: GraphCall, facts: FaultFacts, accepted: boolean): boolean {
  const { faults } = world;
  const inTime = (fault: { after_accept?: boolean | undefined }) =>
    (fault.after_accept ?? false) === accepted;
  if (!accepted && faults.take("expired_token", facts) !== undefined) throw expiredToken();
  for (const [kind, status] of [
    ["http_500_html", 500],
    ["http_502_html", 502],
  ] as const) {
    if (faults.take(kind, facts, inTime) === undefined) continue;
    writeHtmlError(event, status);
    return true;
  }
  const fault = faults.take("graph_error", facts, inTime);
  if (fault === undefined) return false;
  const {
    code = 131000,
    details = "Asked for by a fault",
    message,
    subcode,
    http_status: httpStatus,
  } = fault;
  throw new GraphError(code, { details, message, subcode, httpStatus });
}
