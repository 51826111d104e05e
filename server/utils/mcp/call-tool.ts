import type { SystemContext } from "../context";
import { AppError } from "../errors";
import { catalogue } from "./catalogue";
import { performCall, type Caller } from "./perform-call";
import { runTool } from "./run-tool";

/** How a call ended: structured content, and whether it is an error that the agent should read. */
export interface ToolAnswer {
  readonly structuredContent: Record<string, unknown>;
  readonly isError: boolean;
}

export interface ToolCall extends Caller {
  readonly name: string;
  readonly arguments: unknown;
}

/** Thrown for a tool that does not exist: a protocol error, not a tool's. */
export class UnknownToolError extends Error {
  readonly code = -32602;
}

/**
 * Carries out a tool call: rate, scope, arguments, the verb, the shape of the answer. Leaves exactly one audit row.
 *
 * @throws UnknownToolError
 */
export async function callTool(system: SystemContext, call: ToolCall): Promise<ToolAnswer> {
  const { name, arguments: given, ...caller } = call;
  const tool = catalogue.find(name);
  // A name that is no tool's is the caller's own word and has no place in the record.
  const action = tool ? `tool.${tool.name}` : "tool.unknown";
  const outcome = await performCall(system, caller, action, async (ctx) => {
    if (!tool) throw new AppError("not_found", "There is no such tool.");
    return runTool(ctx, tool, given);
  });
  if ("result" in outcome) return { structuredContent: outcome.result, isError: false };
  if (!tool) throw new UnknownToolError("Unknown tool. tools/list names the tools of this key.");
  return { structuredContent: { error: describeAppError(outcome.error, call.requestId) }, isError: true };
}

function describeAppError(error: AppError, requestId: string): Record<string, unknown> {
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    request_id: requestId,
    ...(error.retryAfterSeconds === undefined ? {} : { retry_after_s: error.retryAfterSeconds }),
    ...(error.advice ? { advice: error.advice } : {}),
    ...(error.details ? { details: error.details } : {}),
  };
}
