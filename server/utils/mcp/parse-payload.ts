import * as v from "valibot";
import { AppError } from "../errors";

/**
 * Holds arguments to what Meta takes of their type. A tool's own schema is looser, so that a model can read it.
 *
 * @throws AppError `invalid_arguments` that names each field, and its limit and value where it has a length
 */
export function parsePayload<Schema extends v.GenericSchema>(
  schema: Schema,
  given: Record<string, unknown>,
): v.InferOutput<Schema> {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const result = v.safeParse(schema, present, { abortPipeEarly: true });
  if (result.success) return result.output;
  const fields = result.issues.map(describeIssue);
  const [first] = fields;
  throw new AppError("invalid_arguments", `${first?.field}: ${first?.problem}`, {
    advice: "Correct the named fields; the same again is refused again.",
    details: { fields },
  });
}

// A field of a list or of a record may be named by the caller: only one word of ours is repeated.
const FIELD = /^[a-z][\w.]{0,79}$/;

function describeIssue(issue: v.BaseIssue<unknown>) {
  const path = v.getDotPath(issue) ?? "arguments";
  const field = FIELD.test(path) ? path : "arguments";
  if (issue.kind === "validation") return { field, problem: issue.message, ...measure(issue) };
  if (issue.received === "undefined") return { field, problem: "is missing" };
  if (issue.expected === "never") return { field, problem: "does not go with this type" };
  return { field, problem: `must be ${issue.expected ?? "given"}` };
}

function measure({ requirement, input }: v.BaseIssue<unknown>): { limit?: number; value?: number } {
  if (typeof requirement !== "number") return {};
  if (typeof input === "number") return { limit: requirement, value: input };
  return typeof input === "string" || Array.isArray(input) ? { limit: requirement, value: input.length } : {};
}
