import type { SystemContext } from "../context";
import { AppError } from "../errors";
import { catalogue } from "./catalogue";
import type { ClientLink } from "./client-link";
import type { ContentBlock } from "./define-tool";
import { openDialog } from "./open-dialog";
import { performCall, type Caller } from "./perform-call";
import { runTool } from "./run-tool";

// Before it a message may have been held. Without its state the call would be another message.
const INVALID_STATE =
  "This requestState was not made for this call. What was asked about may still wait for a decision. Repeat the call with exactly the same arguments and requestState; without requestState it is a new call.";

/** How a call ended: structured content, and whether it is an error that the agent should read. */
export interface ToolAnswer {
  readonly structuredContent: Record<string, unknown>;
  /** What goes with it besides its own text. */
  readonly content?: readonly ContentBlock[];
  readonly isError: boolean;
}

export interface ToolCall extends Caller {
  readonly name: string;
  readonly arguments: unknown;
  /** Over which a person can be asked. */
  readonly link?: ClientLink;
}

/** Thrown for a tool that does not exist: a protocol error, not a tool's. */
export class UnknownToolError extends Error {
  readonly code = -32602;
}

/** Thrown for a state that was not sealed for this call: a protocol error (MCP 2026-07-28, multi round-trip requests). */
export class InvalidRequestStateError extends Error {
  readonly code = -32602;
  readonly data = { reason: "invalid_request_state" };
}

/**
 * Carries out a tool call: rate, scope, arguments, the verb, the shape of the answer. Leaves exactly one audit row.
 *
 * @throws UnknownToolError, InvalidRequestStateError, and InputRequired when a person has to answer first
 */
export async function callTool(system: SystemContext, call: ToolCall): Promise<ToolAnswer> {
  const { name, arguments: given, link, ...caller } = call;
  const tool = catalogue.find(name);
  // A name that is no tool's is the caller's own word and has no place in the record.
  const action = tool ? `tool.${tool.name}` : "tool.unknown";
  let isStateInvalid = false;
  const content: ContentBlock[] = [];
  const outcome = await performCall(system, caller, action, async (ctx) => {
    if (!tool) throw new AppError("not_found", "There is no such tool.");
    const dialog = link ? openDialog(system, link, call) : {};
    isStateInvalid = !dialog;
    if (!dialog) throw new AppError("invalid_arguments", INVALID_STATE);
    return runTool({ ...ctx, ...dialog }, tool, given, content);
  });
  if ("result" in outcome) {
    return { structuredContent: outcome.result, isError: false, ...(content.length > 0 ? { content } : {}) };
  }
  if (!tool) throw new UnknownToolError("Unknown tool. tools/list names the tools of this key.");
  if (isStateInvalid) throw new InvalidRequestStateError(INVALID_STATE);
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
