import * as v from "valibot";

/**
 * Text of one to `limit` UTF-16 units. Meta counts "characters" and does not say how it counts an emoji: units are the
 * strictest reading, and what passes here is never too long there.
 */
export function boundedText(limit: number) {
  return v.pipe(
    v.string(),
    v.minLength(1, "must not be empty"),
    v.maxLength(
      limit,
      ({ input }) => `must have at most ${limit} characters (UTF-16 units), has ${input.length}`,
    ),
    v.check(
      (text) => !text.includes("\u0000") && !/\p{Surrogate}/u.test(text),
      "must be valid Unicode without U+0000",
    ),
  );
}
