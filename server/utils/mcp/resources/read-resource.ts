import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { catalogue } from "../catalogue";
import { performCall, type Caller } from "../perform-call";
import { runTool } from "../run-tool";
import { toProtocolError } from "../to-protocol-error";
import { readResourceUri, type ResourceTarget } from "./resource-uri";

/** Thrown for an address that is not the caller's, whether it exists or not. Code by MCP 2025-11-25. */
class ResourceNotFoundError extends Error {
  readonly code = -32002;
}

/** A resource that is read, or subscribed to: then it is read too, because whoever may not read it may not hear of it. */
export interface ResourceCall extends Caller {
  readonly uri: string;
  readonly purpose: "read" | "subscribe";
}

/**
 * Reads a resource: what `get_messages` answers, with the same checks, and an audit row of its own.
 *
 * @throws ResourceNotFoundError, and ProtocolError when it cannot be read now
 */
export async function readResource(system: SystemContext, call: ResourceCall): Promise<string> {
  const { uri, purpose, ...caller } = call;
  const outcome = await performCall(system, caller, `resource.${purpose}`, async (ctx) => {
    const target = readResourceUri(uri);
    const tool = catalogue.find("get_messages");
    if (!target || !tool) throw new AppError("not_found", "There is no such resource for this key.");
    return runTool(ctx, tool, toArguments(target));
  });
  if ("result" in outcome) return JSON.stringify(outcome.result);
  throw toResourceError(outcome.error);
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

function toResourceError(error: AppError): Error {
  const known = toProtocolError(error);
  return known.code === -32603 ? known : new ResourceNotFoundError("There is no such resource for this key.");
}
