import type { Change } from "../context";
import type { Principal } from "./principal";
import { grantedNumbers } from "./scopes";

/** Whether a change is visible to a key with this tool: its number is granted, and the conversation is the client's own. */
export function maySeeChange(principal: Principal, change: Change, tool: string): boolean {
  const grant = grantedNumbers(principal, tool).find(
    (number) => number.phoneNumberId === change.phoneNumberId,
  );
  if (!grant) return false;
  return grant.visibility === "all" || change.ownerClientId === principal.clientId;
}
