import { grantedNumbers, mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import { RESOURCE_TOOL } from "./resources/resource-tool";
import type { McpSurface } from "./surface";

/** A list that a client may have kept. */
export type ListName = "tools" | "prompts" | "resources";

/** The lists that a change of access makes another for a key. */
export function findChangedLists(surface: McpSurface, former: Principal, next: Principal): ListName[] {
  const differ = (read: (principal: Principal) => unknown): boolean =>
    JSON.stringify(read(former)) !== JSON.stringify(read(next));
  return [
    ...(differ((principal) => surface.listTools(principal)) ? (["tools"] as const) : []),
    ...(differ((principal) => surface.listPrompts(principal)) ? (["prompts"] as const) : []),
    ...(differ(describeReach) ? (["resources"] as const) : []),
  ];
}

/** Which messages a key may read. */
function describeReach(principal: Principal): unknown {
  const numbers = mayUseTool(principal, RESOURCE_TOOL) ? grantedNumbers(principal, RESOURCE_TOOL) : [];
  return numbers.map(({ phoneNumberId, visibility, label }) => [phoneNumberId, visibility, label]);
}
