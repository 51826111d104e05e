import { maySeeChange } from "../../auth/may-see-change";
import { mayUseTool } from "../../auth/scopes";
import type { Principal } from "../../auth/principal";
import type { Change } from "../../context";
import { RESOURCE_TOOL } from "./resource-tool";
import { writeResourceUri, type ResourceTarget } from "./resource-uri";

/** The addresses that a change touches, for a key that may see it. */
export function touchedUris(principal: Principal, change: Change): string[] {
  if (!mayUseTool(principal, RESOURCE_TOOL) || !maySeeChange(principal, change, RESOURCE_TOOL)) return [];
  const grant = principal.grants.find((number) => number.phoneNumberId === change.phoneNumberId);
  const touched: ResourceTarget[] = [
    ...(change.direction === "inbound" ? [{ kind: "inbox" } as const] : []),
    ...(grant ? [{ kind: "number", waPhoneNumberId: grant.waPhoneNumberId } as const] : []),
    { kind: "conversation", conversationId: change.conversationId },
  ];
  return touched.map(writeResourceUri);
}
