import { grantedNumbers, mayUseTool } from "../../auth/scopes";
import type { Principal } from "../../auth/principal";
import type { ResourceDescription } from "./resource-description";
import { RESOURCE_TOOL } from "./resource-tool";
import { writeResourceUri } from "./resource-uri";

/** The resources that a key can read whatever happens. Names hold our own words only, never a stranger's. */
export function listFixedResources(principal: Principal): ResourceDescription[] {
  if (!mayUseTool(principal, RESOURCE_TOOL)) return [];
  const numbers = grantedNumbers(principal, RESOURCE_TOOL).map(({ waPhoneNumberId, label }) => ({
    uri: writeResourceUri({ kind: "number", waPhoneNumberId }),
    name: `messages-${waPhoneNumberId}`,
    title: `Messages of ${label}`,
    description: "The newest messages of this number",
    mimeType: "application/json" as const,
  }));
  const inbox = {
    uri: writeResourceUri({ kind: "inbox" }),
    name: "inbox",
    title: "Inbox",
    description: "The newest messages from people, over all numbers of this key",
    mimeType: "application/json" as const,
  };
  return [inbox, ...numbers];
}
