import type * as v from "valibot";

type ArgumentsSchema = v.StrictObjectSchema<
  Record<string, v.GenericSchema<string, string>>,
  v.ErrorMessage<v.StrictObjectIssue> | undefined
>;

/** A prompt, free of any SDK: what it is called, what goes in, and what it tells the model. */
export interface Prompt<Arguments extends ArgumentsSchema = ArgumentsSchema> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the model needs to do as it is told; without them the prompt is not shown. */
  readonly tools: readonly string[];
  readonly arguments: Arguments;
  /** In our own words: what strangers wrote is for the tools to bring. */
  write(given: v.InferOutput<Arguments>): string;
}

/** Gives a prompt its types. */
export function definePrompt<Arguments extends ArgumentsSchema>(
  prompt: Prompt<Arguments>,
): Prompt<Arguments> {
  return prompt;
}
