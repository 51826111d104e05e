import { toJsonSchema, type JsonSchema } from "@valibot/to-json-schema";
import { mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import { compactSchema } from "./compact-schema";
import type { Tool } from "./define-tool";
import { cancelMessage } from "./tools/cancel-message";
import { getConversation } from "./tools/get-conversation";
import { getMediaUrl } from "./tools/get-media-url";
import { getMessageStatus } from "./tools/get-message-status";
import { getMessages } from "./tools/get-messages";
import { listConversations } from "./tools/list-conversations";
import { listNumbers } from "./tools/list-numbers";
import { listTemplates } from "./tools/list-templates";
import { sendContacts } from "./tools/send-contacts";
import { sendInteractive } from "./tools/send-interactive";
import { sendLocation } from "./tools/send-location";
import { sendMedia } from "./tools/send-media";
import { sendReaction } from "./tools/send-reaction";
import { sendTemplate } from "./tools/send-template";
import { markRead } from "./tools/mark-read";
import { ping } from "./tools/ping";
import { searchMessages } from "./tools/search-messages";
import { sendMessage } from "./tools/send-message";
import { waitForMessages } from "./tools/wait-for-messages";

/** A tool as the protocol describes it, in either era. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { type: "object" };
  readonly outputSchema: JsonSchema & { type: "object" };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

// The order is the order of tools/list: stable, so that clients can cache it.
const TOOLS: readonly Tool[] = [
  ping,
  listNumbers,
  sendMessage,
  sendMedia,
  sendInteractive,
  sendTemplate,
  listTemplates,
  sendLocation,
  sendContacts,
  sendReaction,
  cancelMessage,
  getMessages,
  listConversations,
  getConversation,
  searchMessages,
  getMessageStatus,
  getMediaUrl,
  waitForMessages,
  markRead,
] as unknown as readonly Tool[];

const entries = new Map(TOOLS.map((tool) => [tool.name, { tool, description: describeTool(tool) }]));

/** Every tool there is. It imports no SDK, because two of them serve it. */
export const catalogue = {
  find: (name: string): Tool | undefined => entries.get(name)?.tool,
  /** What the key may call, and nothing else. */
  describe: (principal: Principal): ToolDescription[] =>
    [...entries.values()]
      .filter(({ tool }) => mayUseTool(principal, tool.name))
      .map(({ description }) => description),
  names: (): string[] => [...entries.keys()],
};

function describeTool({ name, title, description, hints, input, output }: Tool): ToolDescription {
  return {
    name,
    title,
    description,
    inputSchema: toObjectSchema(input, "input"),
    outputSchema: orError(toObjectSchema(output, "output")),
    annotations: {
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      openWorldHint: hints.openWorld,
    },
  };
}

function toObjectSchema(schema: Tool["input"], typeMode: "input" | "output"): ToolDescription["inputSchema"] {
  // A check or transform has no JSON Schema; valibot still applies it to the call.
  const { $schema: _, ...json } = toJsonSchema(schema, { typeMode, errorMode: "ignore" });
  return { ...compactSchema(json), type: "object" };
}

// SDK clients hold the structured content of an error to the same schema as that of a success, so nothing in it can be required
// of both. What a success must have, `runTool` sees to.
function orError(schema: ToolDescription["outputSchema"]): ToolDescription["outputSchema"] {
  const { properties, ...rest } = dropRequired(schema);
  return { ...rest, properties: { ...properties, error: { type: "object" } } };
}

function dropRequired<T>(schema: T): T {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(dropRequired) as T;
  const kept = Object.entries(schema).filter(([word, value]) => word !== "required" || !Array.isArray(value));
  return Object.fromEntries(kept.map(([word, value]) => [word, dropRequired(value)])) as T;
}
