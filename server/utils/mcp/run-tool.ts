import * as v from "valibot";
import { mayUseTool } from "../auth/scopes";
import type { CallContext } from "../context";
import { AppError } from "../errors";
import type { ContentBlock, Tool } from "./define-tool";

const FIELD = /^[a-z][\w.]{0,59}$/i;

/**
 * Runs a tool within a call: scope, arguments, the verb, the shape of the answer.
 *
 * @throws AppError `forbidden` for a tool that the key may not call, `invalid_arguments`, and whatever the verb throws
 */
export async function runTool(
  ctx: CallContext,
  tool: Tool,
  given: unknown,
  content: ContentBlock[] = [],
): Promise<Record<string, unknown>> {
  if (!mayUseTool(ctx.principal, tool.name)) throw forbidden(tool.name);
  return v.parse(tool.output, await tool.run(ctx, parseArguments(tool.input, given), content));
}

function parseArguments(
  schema: v.GenericSchema<unknown, Record<string, unknown>>,
  given: unknown,
): Record<string, unknown> {
  const result = v.safeParse(schema, given ?? {}, { abortPipeEarly: true });
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => {
    const field = nameField(issue);
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

// The name of an argument that does not exist is the caller's, who may have it from a stranger: only one word of it is repeated.
function nameField(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "arguments";
  return FIELD.test(path) ? path : "arguments";
}

// The message names what was expected; what was received may be a secret or a stranger's words.
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation") return issue.message.replace(/(?: but r|: R)eceived .*$/s, "");
  return issue.expected === "never"
    ? "is not an argument of this tool"
    : `must be ${issue.expected ?? "given"}`;
}

function forbidden(tool: string): AppError {
  return new AppError("forbidden", `This key may not call ${tool}.`, {
    advice: "Ask the owner of this server for a key with that scope.",
  });
}
