import { asObject } from "#server/utils/meta/json";
import type { ToolAnswer } from "./smoke-context";

/** A tool's result as either SDK gives it. */
export function readToolAnswer(result: unknown): ToolAnswer {
  const { isError, structuredContent } = asObject(result);
  return { isError: isError === true, content: asObject(structuredContent) };
}
