import type { FaultFacts } from "../faults/fault-box";
import { cutConnection } from "../http/cut-connection";
import type { GraphCall } from "./define-graph-handler";
import { strikeWithError } from "./strike-with-error";

const HANG_MS = 60_000;
const SLOW_MS = 5_000;

/** Lets the faults strike that come before a call is carried out. True when it ends here. */
export async function strikeBefore(call: GraphCall, facts: FaultFacts): Promise<boolean> {
  const { faults, clock } = call.world;
  if (faults.take("reset_before_accept", facts) !== undefined) {
    cutConnection(call.event);
    return true;
  }
  if (strikeWithError(call, facts, false)) return true;
  const slow = faults.take("slow_response", facts);
  // The wait comes first: a caller that gives up meanwhile does not stop the message.
  if (slow !== undefined) await clock.wait(slow.ms ?? SLOW_MS);
  return false;
}

/** Lets the faults strike that come after a call was carried out, before its answer. True when it ends here. */
export async function strikeAfter(call: GraphCall, facts: FaultFacts): Promise<boolean> {
  const { faults, clock } = call.world;
  const hang = faults.take("accept_and_hang", facts);
  if (hang !== undefined) await clock.wait(hang.ms ?? HANG_MS);
  if (hang !== undefined || faults.take("drop_response_after_accept", facts) !== undefined) {
    cutConnection(call.event);
    return true;
  }
  return strikeWithError(call, facts, true);
}
