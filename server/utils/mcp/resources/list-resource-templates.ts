import { mayUseTool } from "../../auth/scopes";
import type { Principal } from "../../auth/principal";
import { RESOURCE_TOOL } from "./resource-tool";

/** An address to fill in, as MCP lists it. */
export interface ResourceTemplateDescription {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: "application/json";
}

const TEMPLATES: readonly ResourceTemplateDescription[] = [
  {
    uriTemplate: "wamcp://conversations/{conversation_id}",
    name: "conversation",
    title: "Conversation",
    description: "The newest messages of one conversation",
    mimeType: "application/json",
  },
  {
    uriTemplate: "wamcp://numbers/{phone_number_id}/messages",
    name: "number-messages",
    title: "Messages of a number",
    description: "The newest messages of one of our numbers",
    mimeType: "application/json",
  },
];

/** The addresses that a key can fill in. */
export function listResourceTemplates(principal: Principal): readonly ResourceTemplateDescription[] {
  return mayUseTool(principal, RESOURCE_TOOL) ? TEMPLATES : [];
}
