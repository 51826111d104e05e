import * as v from "valibot";

const AnswerSchema = v.looseObject({
  id: v.pipe(v.string(), v.uuid()),
  method: v.optional(v.undefined()),
  result: v.optional(v.looseObject({})),
  error: v.optional(v.looseObject({})),
});

/** What a client answered to a question of ours. */
export type Answer = v.InferOutput<typeof AnswerSchema>;

/** Parts the JSON of a POST into answers to questions of ours, and the rest; undefined when nothing is left. */
export function takeAnswers(body: unknown): { readonly answers: Answer[]; readonly rest: unknown } {
  const messages: unknown[] = Array.isArray(body) ? body : [body];
  const answers = messages.flatMap((message) => {
    const { success, output } = v.safeParse(AnswerSchema, message);
    return success && (output.result ?? output.error) ? [output] : [];
  });
  if (answers.length === 0) return { answers, rest: body };
  const ids = new Set(answers.map(({ id }) => id));
  const rest = messages.filter((message) => {
    const { success, output } = v.safeParse(AnswerSchema, message);
    return !success || !ids.has(output.id);
  });
  return { answers, rest: rest.length > 0 ? rest : undefined };
}
