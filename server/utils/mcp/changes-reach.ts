import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import { RESOURCE_TOOL } from "./resources/resource-tool";

/** Whether a key may read other messages than before. */
export function changesReach(former: Principal, next: Principal): boolean {
  return JSON.stringify(describeReach(former)) !== JSON.stringify(describeReach(next));
}

function describeReach(principal: Principal): unknown {
  const numbers = mayUseTool(principal, RESOURCE_TOOL) ? grantedNumbers(principal, RESOURCE_TOOL) : [];
  return numbers.map(({ phoneNumberId, visibility }) => [phoneNumberId, visibility]);
}
