import * as v from "valibot";
import { ControlError } from "./control-error";

/**
 * Checks what a control call was given.
 *
 * @throws ControlError 400 that names the wrong fields
 */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`);
  throw new ControlError(400, problems.join("; "));
}
