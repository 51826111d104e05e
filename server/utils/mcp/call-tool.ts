import * as v from "valibot";
import { recordAudit, type AuditEntry } from "../audit/record-audit";
import { mayUseTool } from "../auth/scopes";
import type { Principal } from "../auth/principal";
import type { AuditTargets, CallContext, SystemContext } from "../context";
import { AppError, toAppError } from "../errors";
import { describeError } from "../log";
import { catalogue } from "./catalogue";

/** How a call ended: structured content, and whether it is an error that the agent should read. */
export interface ToolAnswer {
  readonly structuredContent: Record<string, unknown>;
  readonly isError: boolean;
}

export interface ToolCall {
  readonly name: string;
  readonly arguments: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Thrown for a tool that does not exist: a protocol error, not a tool's. */
export class UnknownToolError extends Error {
  readonly code = -32602;
}

/**
 * Carries out a tool call: scope, arguments, the verb, the shape of the answer. Leaves exactly one audit row,
 * in the verb's transaction where it has one.
 *
 * @throws UnknownToolError
 */
export async function callTool(system: SystemContext, call: ToolCall): Promise<ToolAnswer> {
  const tool = catalogue.find(call.name);
  if (!tool) throw new UnknownToolError("Unknown tool. tools/list names the tools of this key.");
  const { ctx, audit } = createCallContext(system, call);
  try {
    if (!mayUseTool(call.principal, tool.name)) throw forbidden(tool.name);
    const result = await tool.run(ctx, parseArguments(tool.input, call.arguments));
    await audit.finish("ok");
    return { structuredContent: v.parse(tool.output, result), isError: false };
  } catch (error) {
    const appError = toAppError(error);
    if (appError.code === "internal")
      system.log.error(`${call.name} failed, request ${call.requestId}:`, describeError(error));
    const outcome = appError.code === "internal" || appError.code === "unavailable" ? "failed" : "refused";
    await audit.finish(outcome, appError.code).catch(() => {
      system.log.warn(`${call.name}: no audit row could be written, request ${call.requestId}`);
    });
    return { structuredContent: { error: describeAppError(appError, call.requestId) }, isError: true };
  }
}

function createCallContext(system: SystemContext, call: ToolCall) {
  const targets: AuditTargets = {};
  const startedMs = performance.now();
  let isAudited = false;
  const entry = (outcome: AuditEntry["outcome"], errorCode?: string): AuditEntry => ({
    at: system.clock.now(),
    actor: "key",
    action: `tool.${call.name}`,
    outcome,
    clientId: call.principal.clientId,
    apiKeyId: call.principal.keyId,
    requestId: call.requestId,
    latencyMs: Math.round(performance.now() - startedMs),
    ...targets,
    ...(errorCode ? { errorCode } : {}),
  });
  const ctx: CallContext = {
    ...system,
    principal: call.principal,
    requestId: call.requestId,
    signal: call.signal,
    targets,
    read: (work) => system.database.asClient(call.principal.clientId, work),
    transact: async (work) => {
      const result = await system.database.asClient(call.principal.clientId, async (tx) => {
        const done = await work(tx);
        await recordAudit(tx, entry("ok"));
        return done;
      });
      isAudited = true;
      return result;
    },
  };
  const finish = async (outcome: AuditEntry["outcome"], errorCode?: string): Promise<void> => {
    if (isAudited) return;
    isAudited = true;
    await recordAudit(system.database.system, entry(outcome, errorCode));
  };
  return { ctx, audit: { finish } };
}

function parseArguments(
  schema: v.GenericSchema<unknown, Record<string, unknown>>,
  given: unknown,
): Record<string, unknown> {
  const result = v.safeParse(schema, given ?? {}, { abortPipeEarly: true });
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => {
    const field = v.getDotPath(issue) ?? "arguments";
    return { field, problem: issue.received === "undefined" ? "is missing" : describeIssue(issue) };
  });
  const first = problems[0];
  throw new AppError(
    "invalid_arguments",
    `${first?.field ?? "arguments"}: ${first?.problem ?? "not as described"}`,
    {
      advice: "Correct the named fields; the tool's inputSchema describes them.",
      details: { fields: problems },
    },
  );
}

// The message names what was expected; what was received may be a secret or a stranger's words.
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation") return issue.message.replace(/(?: but r|: R)eceived .*$/s, "");
  return issue.expected === "never"
    ? "is not an argument of this tool"
    : `must be ${issue.expected ?? "given"}`;
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

function forbidden(tool: string): AppError {
  return new AppError("forbidden", `This key may not call ${tool}.`, {
    advice: "Ask the owner of this server for a key with that scope.",
  });
}
