import type { BusinessNumber } from "../core/business-number";
import { GraphError } from "./graph-error";

// Meta names the states, not the codes that go with them: those of the closest meaning in reference 2.7.
const REFUSALS: Record<string, number> = {
  DISCONNECTED: 133010,
  PENDING: 133010,
  UNVERIFIED: 133010,
  DELETED: 133010,
  MIGRATED: 133010,
  BANNED: 131031,
  RESTRICTED: 368,
  RATE_LIMITED: 131048,
};

/**
 * Lets a send pass whose number is connected (a flagged one still is).
 *
 * @throws GraphError
 */
export function requireSendingNumber({ health }: BusinessNumber): void {
  const code = REFUSALS[health.status];
  if (code !== undefined) throw new GraphError(code, { details: `This number is ${health.status}` });
  if (health.can_send_message === "BLOCKED")
    throw new GraphError(131031, { details: "This number is blocked" });
}
