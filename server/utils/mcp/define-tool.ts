import type * as v from "valibot";
import type { CallContext } from "../context";

/** The four hints of the protocol; every tool states all of them. */
export interface ToolHints {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
}

/** What goes with a structured answer (MCP, "Tools", tool results). */
export type ContentBlock =
  | { type: "resource_link"; uri: string; name: string; mimeType: string; size: number }
  | { type: "image"; data: string; mimeType: string };

type ObjectSchema = v.GenericSchema<unknown, Record<string, unknown>>;

/** A tool, free of any SDK: what it is called, what goes in and out, and what it does. */
export interface Tool<Input extends ObjectSchema = ObjectSchema, Output extends ObjectSchema = ObjectSchema> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: ToolHints;
  readonly input: Input;
  readonly output: Output;
  /** @param content takes blocks that go with the structured answer */
  run(ctx: CallContext, input: v.InferOutput<Input>, content: ContentBlock[]): Promise<v.InferInput<Output>>;
}

/** Gives a tool its types. */
export function defineTool<Input extends ObjectSchema, Output extends ObjectSchema>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
