import type { SystemContext } from "../context";
import { catalogue } from "./catalogue";
import { callTool, type ToolCall } from "./call-tool";
import { readResourceUri, type ResourceTarget } from "./resources";

/** Thrown for an address that is not the caller's, whether it exists or not. Code by MCP 2025-11-25. */
export class ResourceNotFoundError extends Error {
  readonly code = -32002;
}

/** Thrown when a resource cannot be read now, or not by this key. Code by JSON-RPC: internal error. */
export class ResourceUnavailableError extends Error {
  readonly code = -32603;
}

/** Reads a resource: what `get_messages` answers, with the same checks and the same audit row. */
export async function readResource(
  system: SystemContext,
  call: Omit<ToolCall, "name" | "arguments"> & { readonly uri: string },
): Promise<string> {
  const target = readResourceUri(call.uri);
  if (!target || !catalogue.find("get_messages")) throw notFound();
  const answer = await callTool(system, { ...call, name: "get_messages", arguments: toArguments(target) });
  if (answer.isError) throw toResourceError(answer.structuredContent.error);
  return JSON.stringify(answer.structuredContent);
}

function toArguments(target: ResourceTarget): Record<string, unknown> {
  switch (target.kind) {
    case "inbox":
      return { direction: "inbound" };
    case "number":
      return { phone_number_id: target.waPhoneNumberId };
    case "conversation":
      return { conversation_id: target.conversationId };
  }
}

function notFound(): ResourceNotFoundError {
  return new ResourceNotFoundError("There is no such resource for this key.");
}

function toResourceError(error: unknown): Error {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code === "unavailable" || code === "internal"
    ? new ResourceUnavailableError(message ?? "The resource cannot be read now.")
    : notFound();
}
